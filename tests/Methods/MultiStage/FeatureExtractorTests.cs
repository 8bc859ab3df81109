using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

[NoTensorLeaks]
public sealed class FeatureExtractorTests
{
    private const int Side = 32;

    [Fact]
    public void An_extractor_takes_over_a_patch_classifier_without_its_last_layer()
    {
        using var scope = new TensorScope();
        using var whole = new FeatureExtractor(LearningTests.Small, classes: 2);
        using var cut = new FeatureExtractor(LearningTests.Small, classes: 0);
        cut.Load(whole.Store.All.ToDictionary(p => p.Path, p => p.Value));
        (whole.Store.Training, cut.Store.Training) = (false, false);
        var images = Tensor.Rand([2, 3, Side, Side]);
        Assert.Equal(whole.Features(images).ToArray<float>(), cut.Features(images).ToArray<float>());
        Assert.Equal([2, 4], cut.Features(images).Shape);
        Assert.Equal([2, 2], whole.Scores(whole.Features(images)).Shape);
        Assert.Throws<InvalidOperationException>(() => cut.Scores(cut.Features(images)));
    }

    [Fact]
    public void A_network_gives_its_own_features_without_a_layer_on_top()
    {
        using var scope = new TensorScope();
        var options = LearningTests.Small with { Features = 0, Dropout = 0 };
        var before = RandomState.Now(default).Processor;
        var length = options.Length();
        Assert.Equal(before, RandomState.Now(default).Processor);
        using var own = new FeatureExtractor(options, classes: 2);
        own.Store.Training = false;
        var features = own.Features(Tensor.Rand([2, 3, Side, Side]));
        Assert.Equal([2, length], features.Shape);
        Assert.Equal(length, own.Length);
        Assert.DoesNotContain(own.Store.All, p => p.Path.StartsWith("feature.", StringComparison.Ordinal));
        Assert.Equal([2, 2], own.Scores(features).Shape);
    }

    [Fact]
    public void A_classifier_of_draws_alike_is_made_to_speak_of_the_slides_shares()
    {
        using var scope = new TensorScope();
        using var classifier = new FeatureExtractor(LearningTests.Small, classes: 2);
        classifier.Store.Training = false;
        using var off = new NoGradient();
        var features = classifier.Features(Tensor.Rand([3, 3, Side, Side]));
        float[] Tumor() => classifier.Scores(features).Softmax(1).Select(1, 1).ToArray<float>();
        var before = Tumor();
        classifier.ToPrior(trained: [0.5, 0.5], wanted: [0.9, 0.1]);
        // Bayes: each class's odds times how much rarer it is on slides.
        Assert.All(
            before.Zip(Tumor()),
            p => Assert.Equal(p.First * 0.2 / ((p.First * 0.2) + ((1 - p.First) * 1.8)), p.Second, 5)
        );
    }
}
