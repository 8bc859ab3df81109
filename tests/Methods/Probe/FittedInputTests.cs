using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Methods.Probe;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Tests.Probe;

public sealed class FittedInputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    [Theory]
    [InlineData(775, 522, 3, "input.height=336 input.width=496 features.layers=[layer4] features.deviations=true")] // GlaS
    [InlineData(
        50,
        50,
        3,
        "input.height=112 input.width=112 features.layers=[layer1, layer2, layer3] features.deviations=true"
    )] // IDC: twice the pixels there are
    [InlineData(300, 1000, 3, "input.height=608 input.width=304 features.layers=[layer4] features.deviations=true")] // no image is shrunk to a strip
    [InlineData(
        512,
        512,
        1,
        "input.height=224 input.width=224 features.layers=[layer2, layer3, layer4] features.deviations=false input.gray=true"
    )]
    public void Images_decide_size_and_color(int width, int height, int channels, string settings) =>
        Assert.Equal(
            settings,
            string.Join(
                ' ',
                FittedInput.Of(Cohort(4, width, height, channels), new EncoderSettings()).Select(s => s.Setting)
            )
        );

    [Fact]
    public void A_transformer_sees_the_size_of_its_weights_and_has_no_layers_of_maps() =>
        Assert.Equal(
            "input.height=224 input.width=224",
            string.Join(
                ' ',
                FittedInput
                    .Of(Cohort(4, 775, 522, 3), new EncoderSettings { Encoder = "uni=/data/uni.pth" })
                    .Select(s => s.Setting)
            )
        );

    [Fact]
    public void Many_patients_choose_among_several_strengths()
    {
        Assert.DoesNotContain(
            FittedInput.Of(Cohort(49, 64, 64, 3), new EncoderSettings()),
            s => s.Setting.StartsWith("probe.c", StringComparison.Ordinal)
        );
        var decided = Assert.Single(
            FittedInput.Of(Cohort(50, 64, 64, 3), new EncoderSettings()),
            s => s.Setting.StartsWith("probe.c", StringComparison.Ordinal)
        );
        Assert.Equal(
            ("probe.c=[0.0001, 0.001, 0.01, 0.1]", "50 patients, enough to choose by"),
            (decided.Setting, decided.Why)
        );
        var text = Learning.Recipes.YamlText.With("method: probe", "r.yaml", [decided.Setting]);
        Assert.Equal([0.0001, 0.001, 0.01, 0.1], ((ProbeRecipe)Known.Methods.Parse(text, "r.yaml")).Probe.C);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Cohort Cohort(int patients, int width, int height, int channels)
    {
        for (var i = 0; i < patients; i++)
        {
            using var image = new Image(width, height, channels);
            image.WritablePixels.Fill((byte)(90 + i));
            if (channels == 3)
                image.WritablePixels[0] = 30;
            ImageFile.Write(Path.Combine(folder, $"{i}.png"), image);
        }
        var table = Path.Combine(folder, "cohort.csv");
        CohortFile.Write(
            table,
            [
                .. Enumerable
                    .Range(0, patients)
                    .Select(i => new CohortRow(i + 2, $"{i}.png", i % 2 == 0 ? "x" : "y", $"p{i}")),
            ],
            []
        );
        return Evaluation.Cohorts.Cohort.Load(table);
    }
}
