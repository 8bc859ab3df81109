using Coverslip.Viewer.Readings;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>Studies of slides that nobody opens.</summary>
internal static class InventedStudy
{
    internal static ReadingStudy Of(int readers, int cases) => Of(readers, cases, out _);

    internal static ReadingStudy Of(int readers, int cases, out IReadOnlyList<string> tokens)
    {
        int[] order = [.. Enumerable.Range(0, cases)];
        var made = Enumerable.Range(1, readers).Select(r => ReadingReader.Create($"reader {r}", order)).ToList();
        tokens = [.. made.Select(m => m.Token)];
        return new ReadingStudy
        {
            Name = "invented",
            Cohort = "cohort.csv",
            Predictions = "predictions",
            Model = "model",
            Classes = ["normal", "tumor"],
            Positive = "tumor",
            Cases =
            [
                .. order.Select(i => new ReadingCase($"{i}.tif", $"/none/{i}.tif", $"contents {i}", $"p{i}", "tumor")
                {
                    Machine = "made",
                }),
            ],
            Readers = [.. made.Select(m => m.Reader)],
        };
    }

    internal static VerdictPost Verdict(string name = "tumor", int confidence = 3) => new(name, confidence, [], "");
}
