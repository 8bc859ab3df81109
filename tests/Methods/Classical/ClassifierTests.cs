using Coverslip.Learning.Features;
using Coverslip.Methods.Classical;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Classical;

/// <summary>
/// Classifiers against scikit-learn's and OpenCV's Python; and what they give back after they were stored.
/// </summary>
[Torch.Tests.NoTensorLeaks]
public sealed class ClassifierTests
{
    private static readonly RandomForestSettings Forest = new(Trees: 50, Depth: 6, Least: 2);
    private static readonly SupportVectorMachineSettings Machine = new(C: 10, Gamma: 0.8);

    [Theory, InlineData(0.0), InlineData(0.1), InlineData(0.5)]
    public void Qda_is_scikit_learns(double shrinkage)
    {
        var key = FormattableString.Invariant($"qda_{shrinkage:0.0}");
        GoldenClassical.Equal(
            GoldenClassical.Rows(key),
            Probabilities(new QuadraticDiscriminantSettings(shrinkage, 5)),
            1e-9
        );
    }

    [Fact]
    public void Qda_on_principal_components_is_scikit_learns() =>
        GoldenClassical.Equal(
            GoldenClassical.Rows("qda_components"),
            Probabilities(new QuadraticDiscriminantSettings(0.2, 3)),
            1e-9
        );

    [Fact]
    public void The_nearest_neighbor_is_scikit_learns()
    {
        var probabilities = Probabilities(new NearestNeighborSettings());
        Assert.Equal(
            GoldenClassical.Numbers("learners", "nearest").Select(l => (int)l),
            probabilities.Select(p => Array.IndexOf(p, p.Max()))
        );
        Assert.All(probabilities, p => Assert.Equal(1, p.Sum(), 1e-12));
    }

    [Fact]
    public void An_image_that_is_known_is_its_own_neighbor()
    {
        using var nearest = new NearestNeighborSettings().Train(GoldenClassical.Known, 1);
        Assert.All(
            nearest.Probabilities(GoldenClassical.Known.Rows).Zip(GoldenClassical.Known.Labels),
            p => Assert.Equal(1, p.First[p.Second])
        );
    }

    [Fact]
    public void A_forests_votes_are_those_of_OpenCVs_Python()
    {
        var votes = GoldenClassical.Rows("forest_votes");
        GoldenClassical.Equal(
            [.. votes.Select(v => v.Select(n => n / 50).ToArray())],
            Probabilities(Forest, seed: 7),
            1e-12
        );
    }

    [Fact]
    public void The_seed_decides_the_forest()
    {
        var first = Probabilities(Forest, seed: 3);
        GoldenClassical.Equal(first, Probabilities(Forest, seed: 3), 0);
        Assert.NotEqual(first.SelectMany(p => p), Probabilities(Forest, seed: 4).SelectMany(p => p));
    }

    [Fact]
    public void A_machines_probabilities_are_the_softmax_of_the_decisions_of_OpenCVs_Python() =>
        GoldenClassical.Equal(GoldenClassical.Rows("svm"), Probabilities(Machine), 1e-5);

    [Fact]
    public void Of_two_classes_one_machine_decides()
    {
        var known = GoldenClassical.Known;
        var two = new LabeledFeatures(known.Rows, [.. known.Labels.Select(l => l == 2 ? 1 : 0)], 2);
        using var machine = Machine.Train(two, 1);
        using var scope = new TensorScope();
        Assert.Equal(["svm.1"], machine.State().Select(s => s.Path));
        var right = machine.Probabilities(known.Rows).Zip(two.Labels).Count(p => p.First[p.Second] > 0.5);
        Assert.True(right > 0.9 * known.Rows.Count, $"{right} of {known.Rows.Count} training images");
    }

    [Fact]
    public void What_was_stored_says_the_same()
    {
        var known = GoldenClassical.Known;
        using var scope = new TensorScope();
        foreach (
            var (settings, restore) in new (
                IClassifierSettings,
                Func<IReadOnlyDictionary<string, Tensor>, int, IClassicalClassifier>
            )[]
            {
                (new NearestNeighborSettings(), NearestNeighbor.From),
                (new QuadraticDiscriminantSettings(0.2, 0), QuadraticDiscriminant.From),
                (Forest, RandomForest.From),
                (Machine, SupportVectorMachine.From),
            }
        )
        {
            using var trained = settings.Train(known, 5);
            using var restored = restore(trained.State().ToDictionary(s => s.Path, s => s.Value), 3);
            GoldenClassical.Equal(
                trained.Probabilities(GoldenClassical.Tested),
                restored.Probabilities(GoldenClassical.Tested),
                0
            );
        }
    }

    [Fact]
    public void A_class_without_a_training_image_has_no_probability()
    {
        var known = GoldenClassical.Known with { Classes = 4 };
        foreach (
            var settings in new IClassifierSettings[]
            {
                new NearestNeighborSettings(),
                new QuadraticDiscriminantSettings(0.2, 0),
                Forest,
                Machine,
            }
        )
        {
            using var trained = settings.Train(known, 5);
            Assert.All(
                trained.Probabilities(GoldenClassical.Tested),
                p =>
                {
                    Assert.Equal(4, p.Length);
                    Assert.Equal(0, p[3]);
                    Assert.Equal(1, p.Sum(), 1e-9);
                }
            );
            Assert.Empty(trained.Probabilities([]));
        }
    }

    [Fact]
    public void Components_follow_the_smallest_class()
    {
        // The smallest class has 9 images: 4 components.
        var known = GoldenClassical.Known;
        Assert.Equal(9, known.Present.Min(c => known.Of(c).Count));
        using var scope = new TensorScope();
        using var trained = new QuadraticDiscriminantSettings(0.2, 0).Train(known, 1);
        Assert.Equal([5, 4], trained.State().First(s => s.Path == "qda.components").Value.Shape);
    }

    [Fact]
    public void A_singular_covariance_says_what_to_set()
    {
        var flat = GoldenClassical.Known with
        {
            Rows = [.. GoldenClassical.Known.Rows.Select(r => (double[])[r[0], r[0], r[1], 2, r[2]])],
        };
        var message = Assert
            .Throws<InvalidOperationException>(() => new QuadraticDiscriminantSettings(0, 5).Train(flat, 1))
            .Message;
        Assert.Contains("singular with shrinkage 0; set qda.shrinkage above it, or qda.components lower", message);
        new QuadraticDiscriminantSettings(0.01, 5).Train(flat, 1).Dispose();
    }

    [Fact]
    public void What_OpenCV_cannot_do_is_an_error()
    {
        var known = GoldenClassical.Known;
        var one = known with { Labels = [.. known.Labels.Select(_ => 0)] };
        Assert.Contains(
            "all training samples have one label",
            Assert.Throws<InvalidOperationException>(() => Forest.Train(one, 1)).Message
        );
        using var forest = Forest.Train(known, 1);
        Assert.Contains(
            "the samples have 4 features, the model was trained on 5",
            Assert
                .Throws<InvalidOperationException>(() =>
                    forest.Probabilities([
                        [1, 2, 3, 4],
                    ])
                )
                .Message
        );
        foreach (
            var text in (byte[][])
                [
                    [],
                    [1, 2, 3],
                    "%YAML:1.0\n---\nlearner: {}\n"u8.ToArray(),
                ]
        )
        {
            Assert.Throws<InvalidDataException>(() => Learner.Load(text, LearnerKind.Forest));
            Assert.Throws<InvalidDataException>(() => Learner.Load(text, LearnerKind.SupportVectorMachine));
        }
    }

    private static IReadOnlyList<double[]> Probabilities(IClassifierSettings settings, long seed = 1)
    {
        using var trained = settings.Train(GoldenClassical.Known, seed);
        return trained.Probabilities(GoldenClassical.Tested);
    }
}
