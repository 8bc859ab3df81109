using Coverslip.Files;
using Coverslip.Learning.Features;
using Coverslip.Methods.Probe;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Probe;

/// <summary>Sets calibrated on every patient that was learned from: their definition, and how often they hold.</summary>
[Torch.Tests.NoTensorLeaks]
public sealed class CrossedSetsTests
{
    private const double Error = 0.2;

    private static readonly ProbeOptions Options = new() { Kind = ProbeKind.Prototypes, Folds = 4 };

    /// <summary>
    /// CV+ as its papers write it: y is in the set if the weight of training images whose score is below that of (x, y), both by the
    /// probe that had not seen the training image, is less than (1 − α)(n + 1), patients counting once.
    /// </summary>
    [Fact]
    public void Sets_are_those_of_the_definition_and_stay_so_when_stored()
    {
        var (random, images) = (new SeededRandom(1, 1), Drawn(new SeededRandom(1, 2), patients: 9));
        var folds = Selection(images).Classifiers;
        Assert.Equal(Enumerable.Range(0, images.Rows.Length), folds.SelectMany(f => f.Images).Order());
        var sets = CrossedSets.Of(images, folds, Error);
        var drawn = Drawn(random, patients: 30).Rows;
        double Score(LeftOutClassifier fold, double[] row, int label)
        {
            var scores = fold.Classifier.Scores([fold.Scaling.Apply(row)])[0];
            return 1 - Math.Exp(scores[label]) / scores.Sum(Math.Exp);
        }
        var expected = drawn.Select(row =>
            Enumerable
                .Range(0, images.Classes)
                .Select(c =>
                {
                    var below = 0.0;
                    foreach (var fold in folds)
                    foreach (var i in fold.Images)
                        if (Score(fold, images.Rows[i], images.Labels[i]) < Score(fold, row, c))
                            below += 1.0 / images.Patients.Count(p => p == images.Patients[i]);
                    return below < (1 - Error) * (9 + 1) - 1e-9; // thirds do not sum to whole numbers
                })
        );
        var found = sets.Of(drawn);
        Assert.Equal(expected, found);
        Assert.Contains(found, set => set.Count(c => c) == 1);

        using var scope = new TensorScope();
        var stored = sets.State().ToDictionary(s => s.Path, s => s.Value);
        var again = CrossedSets.From(stored, ClassPrototypes.From)!;
        Assert.Equal(found, again.Of(drawn));
        Assert.Equal(sets.Promise, again.Promise);
        Assert.Null(CrossedSets.From(new Dictionary<string, Tensor>(), ClassPrototypes.From));
    }

    /// <summary>On patients like those it learned from, however few these are, and images of a patient alike.</summary>
    [Fact]
    public void New_patients_true_classes_stand_in_sets_as_often_as_promised()
    {
        var (covered, size) = (0.0, 0.0);
        const int draws = 300;
        for (var draw = 0; draw < draws; draw++)
        {
            var random = new SeededRandom(draw, 3);
            var images = Drawn(random, patients: 8);
            var sets = CrossedSets.Of(images, Selection(images).Classifiers, Error);
            var fresh = Drawn(random, patients: 1);
            var found = sets.Of(fresh.Rows);
            covered += found.Zip(fresh.Labels).Average(s => s.First[s.Second] ? 1.0 : 0) / draws;
            size += found.Average(s => s.Count(c => c)) / draws;
        }
        Assert.InRange(covered, 1 - Error - 0.03, 0.95); // 0.03: more than the deviation of 300 draws
        Assert.InRange(size, 1, 1.7);
    }

    [Fact]
    public void Too_few_patients_leave_every_class_in()
    {
        var images = Drawn(new SeededRandom(5, 5), patients: 3);
        var sets = CrossedSets.Of(images, Selection(images).Classifiers, Error);
        Assert.False(sets.Promise.Keeps);
        Assert.All(sets.Of(images.Rows), set => Assert.All(set, Assert.True));
    }

    private static LeftOutSelection Selection(PatientRows images)
    {
        using var fitting = new ProbeFitting(images, Options, 1);
        return LeftOutSelection.Of(
            images,
            new SettingChoice(Options.Settings, Options.Folds, 1) { Keep = true },
            fitting.Fit,
            default
        );
    }

    /// <summary>Patients of one to four images, of two classes in turn, that differ as much as the classes do.</summary>
    private static PatientRows Drawn(SeededRandom random, int patients)
    {
        var rows = new List<(double[] Row, int Label, string Patient)>();
        var first = random.Unit() < 0.5 ? 0 : 1;
        for (var p = 0; p < patients; p++)
        {
            var label = (p + first) % 2;
            double[] own = [.. Enumerable.Range(0, 3).Select(_ => 2 * random.Unit() - 1)];
            for (var i = 0; i <= (int)(4 * random.Unit()) % 4; i++)
                rows.Add(
                    (
                        [.. own.Select((v, f) => v + 0.6 * (random.Unit() - 0.5) + (f == 0 ? label : 0))],
                        label,
                        $"patient {p}"
                    )
                );
        }
        return new PatientRows(
            [.. rows.Select(r => r.Row)],
            [.. rows.Select(r => r.Label)],
            [.. rows.Select(r => r.Patient)],
            2
        );
    }
}
