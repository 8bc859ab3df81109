using System.Text.Json;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs cohort, split and evaluate, one after the other as a user calls them.</summary>
[Collection("console")]
public sealed class EvaluationVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_becomes_a_cohort_a_split_and_figures()
    {
        var cohort = SmallCohort();
        Assert.Contains("images    16", Run(0, "cohort", "check", cohort));
        var split = Path.Combine(folder, "split.json");
        string[] sizes = ["--repeats", "3", "--test-images", "4-6", "--validation-images", "4"];
        Assert.Contains("wrote", Run(0, ["split", "--cohort", cohort, .. sizes, "--seed", "1", "--out", split]));
        Assert.Equal(3, JsonDocument.Parse(File.ReadAllText(split)).RootElement.GetProperty("parts").GetArrayLength());

        var rows = File.ReadAllLines(cohort)
            .Skip(1)
            .Select(line => line.Split(','))
            .Select(fields =>
                $"{fields[0]},{fields[2]},{fields[1]},{fields[1]},{(fields[1] == "b" ? "0.2,0.8" : "0.7,0.3")}"
            );
        var predictions = Path.Combine(folder, "predictions.csv");
        File.WriteAllLines(predictions, rows.Prepend("image,patient,label,predicted,p_a,p_b"));
        var json = Run(0, "evaluate", "classification", predictions, "--cohort", cohort, "--bootstrap", "50", "--json");
        Assert.Equal(1, JsonDocument.Parse(json).RootElement.GetProperty("auc").GetProperty("value").GetDouble());
        Assert.True(File.Exists(Path.Combine(folder, "evaluation.json")));
        Assert.True(File.Exists(Path.Combine(folder, "reliability.svg")));
        var table = Run(0, "evaluate", "classification", predictions, "--cohort", cohort, "--per-patient", "mean");
        Assert.Contains("8 images of 8 patients, positive: b", table);
    }

    [Fact]
    public void Who_is_positive_by_name_is_decided_for_and_judged_alike()
    {
        var (cohort, predictions) = (Path.Combine(folder, "cohort.csv"), Path.Combine(folder, "predictions.csv"));
        string[] of = ["cancer", "cancer", "healthy", "healthy"];
        File.WriteAllLines(
            cohort,
            of.Select((c, i) => $"{i}.png,{c},p{i}").Prepend("image,label,patient").Append("4.png,healthy,p4")
        );
        string[] shares = ["0.4,0.6", "0.35,0.65", "0.2,0.8", "0.1,0.9"];
        File.WriteAllLines(
            predictions,
            of.Select((c, i) => $"{i}.png,p{i},{c},healthy,{shares[i]}")
                .Prepend("image,patient,label,predicted,p_cancer,p_healthy")
        );
        string[] call = ["evaluate", "classification", predictions, "--cohort", cohort, "--bootstrap", "0"];
        var decided = Run(0, [.. call, "--threshold", "0.3"]);
        Assert.Contains("positive: cancer", decided);
        Assert.Contains("1 of 5 images", decided);
        Assert.Equal((1, 1), Found([.. call, "--threshold", "0.3"]));
        // One image to a patient: the same, from 0.5 on.
        Assert.Equal((0, 1), Found([.. call, "--per-patient", "mean"]));
        // From the threshold on, whichever rule makes one of a patient's images.
        foreach (var rule in new[] { "mean", "maximum", "vote" })
        {
            Assert.Equal((1, 1), Found([.. call, "--per-patient", rule, "--threshold", "0.3"]));
            Assert.Equal((1, 0), Found([.. call, "--per-patient", rule, "--threshold", "0.05"]));
        }

        (double, double) Found(string[] words)
        {
            using var json = JsonDocument.Parse(Run(0, [.. words, "--json"]));
            double Of(string key) => json.RootElement.GetProperty(key).GetProperty("value").GetDouble();
            return (Of("sensitivity"), Of("specificity"));
        }
    }

    [Fact]
    public void Two_classes_that_mean_the_same_need_the_positive_one()
    {
        var (cohort, predictions) = Small(["adenocarcinoma", "squamous carcinoma"]);
        string[] call = ["evaluate", "classification", predictions, "--cohort", cohort, "--bootstrap", "0"];
        var error = VerbCall.RunQuiet(1, call).Errors;
        Assert.Contains("'adenocarcinoma' and 'squamous carcinoma' both mean what is looked for", error);
        Assert.Contains("--positive", error);
        Assert.Contains("positive: adenocarcinoma", Run(0, [.. call, "--positive", "adenocarcinoma"]));
        (cohort, predictions) = Small(["tumor-free", "tumor"]);
        call = ["evaluate", "classification", predictions, "--cohort", cohort, "--bootstrap", "0"];
        Assert.Contains("positive: tumor\n", Run(0, call));
    }

    [Fact]
    public void What_is_wrong_with_the_other_predictions_names_their_file()
    {
        var (cohort, predictions) = Small(["normal", "tumor"]);
        var other = Path.Combine(folder, "other.csv");
        string[] call =
        [
            "evaluate",
            "classification",
            predictions,
            "--cohort",
            cohort,
            "--bootstrap",
            "0",
            "--against",
            other,
        ];
        File.WriteAllText(
            other,
            "image,patient,label,predicted\n0.png,,,normal\n1.png,,,benign\n2.png,,,normal\n3.png,,,tumor\n"
        );
        var error = VerbCall.RunQuiet(1, call).Errors;
        Assert.Contains($"{predictions} has the classes normal, tumor, {other} has benign, normal, tumor", error);
        File.WriteAllText(other, "image,patient,label,predicted\n0.png,,,normal\n");
        Assert.Contains($"not in {other}", VerbCall.RunQuiet(1, call).Errors);
        File.WriteAllText(other, "image,patient,label,predicted\n0.png,p3,,normal\n");
        Assert.StartsWith($"error: {other}: prediction 1 (row 2)", VerbCall.RunQuiet(1, call).Errors);
    }

    /// <summary>Two images of each of two classes, rightly predicted.</summary>
    private (string Cohort, string Predictions) Small(string[] classes)
    {
        var (cohort, predictions) = (Path.Combine(folder, "cohort.csv"), Path.Combine(folder, "predictions.csv"));
        var rows = Enumerable
            .Range(0, 4)
            .Select(i => (Name: $"{i}.png", Patient: $"p{i}", Class: classes[i % 2]))
            .ToArray();
        File.WriteAllLines(cohort, rows.Select(r => $"{r.Name},{r.Class},{r.Patient}").Prepend("image,label,patient"));
        File.WriteAllLines(
            predictions,
            rows.Select(r => $"{r.Name},{r.Patient},{r.Class},{r.Class}").Prepend("image,patient,label,predicted")
        );
        return (cohort, predictions);
    }

    [Theory]
    [InlineData(2, "cohort")]
    [InlineData(2, "cohort", "nowhere", "--layout", "heaps", "--out", "c.csv")]
    [InlineData(2, "cohort", "nowhere", "--layout", "breakhis", "--patient-pattern", "(x)", "--out", "c.csv")]
    [InlineData(1, "cohort", "nowhere", "--layout", "folders", "--out", "c.csv")]
    [InlineData(1, "cohort", "check", "nowhere.csv")]
    [InlineData(2, "split", "--cohort", "c.csv", "--kind", "kfold", "--repeats", "3", "--seed", "1", "--out", "s.json")]
    [InlineData(2, "split", "--cohort", "c.csv", "--test-images", "9-3", "--seed", "1", "--out", "s.json")]
    [InlineData(1, "split", "--cohort", "nowhere.csv", "--seed", "1", "--out", "s.json")]
    [InlineData(2, "evaluate", "classification", "p.csv")]
    [InlineData(2, "evaluate", "classification", "p.csv", "--cohort", "c.csv", "--threshold", "1.5")]
    [InlineData(2, "evaluate", "classification", "p.csv", "--cohort", "c.csv", "--threshold", "nan")]
    [InlineData(1, "evaluate", "classification", "p.csv", "--cohort", "nowhere.csv")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) => Run(code, args);

    private string SmallCohort()
    {
        for (var i = 0; i < 16; i++)
        {
            var path = Path.Combine(folder, "images", i < 8 ? "a" : "b", $"p{i / 2}", $"{i}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var picture = new Image(8, 8);
            new Random(i).NextBytes(picture.WritablePixels);
            ImageFile.Write(path, picture);
        }
        var cohort = Path.Combine(folder, "cohort.csv");
        Run(0, "cohort", Path.Combine(folder, "images"), "--layout", "folders", "--out", cohort);
        return cohort;
    }

    private static string Run(int code, params string[] args) => VerbCall.RunQuiet(code, args).Output;
}
