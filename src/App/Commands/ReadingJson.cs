using System.Text.Json.Serialization;
using Coverslip.Evaluation.Readers;
using Coverslip.Evaluation.Statistics;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary>A study's figures as JSON.</summary>
internal sealed record ReadingJson
{
    /// <summary>How it was simulated; null of what people read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SimulatedReading? Simulated { get; init; }

    public required int Patients { get; init; }

    public required int Unfinished { get; init; }

    /// <summary>Marks that lie beyond their slide, which are among the false ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MarksBeyondSlide { get; init; }

    public required ReaderJson All { get; init; }

    public required IReadOnlyList<ReaderJson> Readers { get; init; }

    public required ChangeJson FleissKappa { get; init; }

    /// <summary>By figure.</summary>
    public required OrderedDictionary<string, TestsJson> ObuchowskiRockette { get; init; }

    /// <summary>Figures without such tests, and why.</summary>
    public required OrderedDictionary<string, string> Untested { get; init; }

    public required Draws Bootstrap { get; init; }

    internal static ReadingJson Of(ReaderEvaluation evaluation) =>
        new()
        {
            Patients = evaluation.Patients,
            Unfinished = evaluation.Unfinished,
            All = ReaderJson.Of(evaluation.Pooled),
            Readers = [.. evaluation.Readers.Select(ReaderJson.Of)],
            FleissKappa = ChangeJson.Of(evaluation.Agreement),
            ObuchowskiRockette = new(
                evaluation.Tests.Select(t => KeyValuePair.Create(t.Key.Key(), TestsJson.Of(t.Value)))
            ),
            Untested = new(evaluation.Untested.Select(u => KeyValuePair.Create(u.Key.Key(), u.Value))),
            Bootstrap = new Draws(evaluation.Options.Bootstrap, evaluation.Options.Seed, 0),
        };
}

internal sealed record ReaderJson(
    string Reader,
    int Cases,
    int Helped,
    int Harmed,
    OrderedDictionary<string, ChangeJson> Figures
)
{
    internal static ReaderJson Of(ReaderResult result) =>
        new(
            result.Reader ?? "all",
            result.Cases,
            result.Helped,
            result.Harmed,
            new(result.Figures.Select(f => KeyValuePair.Create(f.Key.Key(), ChangeJson.Of(f.Value))))
        );
}

internal sealed record ChangeJson(Estimate Before, Estimate After, Estimate Gain)
{
    internal static ChangeJson Of(FigureChange change) => new(change.Before, change.After, change.Gain);
}

/// <summary>The tests of a figure's gain, and what they are computed from.</summary>
internal sealed record TestsJson(TestJson ReadersAndCases, TestJson Cases, TestJson Readers)
{
    public required IReadOnlyList<Estimate> Means { get; init; }

    public required double Variance { get; init; }

    public required double Cov1 { get; init; }

    public required double Cov2 { get; init; }

    public required double Cov3 { get; init; }

    internal static TestsJson Of(ObuchowskiRockette test) =>
        new(TestJson.Of(test.ReadersAndCases), TestJson.Of(test.Cases), TestJson.Of(test.Readers))
        {
            Means = test.Means,
            Variance = test.Covariance.Variance,
            Cov1 = test.Covariance.Same,
            Cov2 = test.Covariance.Time,
            Cov3 = test.Covariance.Neither,
        };
}

internal sealed record TestJson(Estimate Gain, double StandardError, double? Df, double? P)
{
    internal static TestJson Of(ReaderTest test) =>
        new(test.Change, test.StandardError, test.Df, double.IsNaN(test.P) ? null : test.P);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadingJson))]
internal sealed partial class ReadingJsonContext : JsonSerializerContext;
