using System.Text.Json;
using Coverslip.Evaluation.Readers;

namespace Coverslip.Evaluation.Tests.Readers;

/// <summary>The studies of <c>golden/readers.json</c>, which <c>golden/readers.py</c> writes.</summary>
internal static class ReaderGoldens
{
    public static readonly JsonElement File = Golden.Of("readers.json");

    /// <summary>Van Dyke's study; its ratings of 1 to 5 are confidences of the positive class, which keep their order.</summary>
    public static ReaderStudy VanDyke()
    {
        var golden = File.GetProperty("van_dyke");
        var normal = golden.GetProperty("normal").GetInt32();
        var ratings = golden.GetProperty("ratings");
        int At(int time, int reader, int i) => ratings[time][reader][i].GetInt32();
        var cases = Enumerable
            .Range(0, ratings[0][0].GetArrayLength())
            .Select(i => new ReaderCase($"{i}", $"p{i}", i < normal ? "none" : "dissection", i >= normal))
            .ToList();
        Verdict Of(int rating) => new("dissection", true, rating);
        return new ReaderStudy(
            [.. Enumerable.Range(1, ratings[0].GetArrayLength()).Select(r => $"{r}")],
            cases,
            [
                .. Enumerable
                    .Range(0, ratings[0].GetArrayLength())
                    .Select(r => cases.Select((_, i) => new Reading(Of(At(0, r, i)), Of(At(1, r, i)))).ToList()),
            ]
        );
    }

    /// <summary>The study with marks.</summary>
    public static ReaderStudy FreeResponse()
    {
        var golden = File.GetProperty("free_response").GetProperty("cases").EnumerateArray().ToList();
        Verdict Of(JsonElement reading, bool positive)
        {
            double?[] found =
            [
                .. reading
                    .GetProperty("found")
                    .EnumerateArray()
                    .Select(f => f.ValueKind == JsonValueKind.Null ? (double?)null : f.GetDouble()),
            ];
            var wrong = reading.Numbers("false");
            return new Verdict("tumor", positive, 3)
            {
                Found = found,
                FalseMark = wrong.Length == 0 ? null : wrong.Max(),
            };
        }
        var cases = golden
            .Select((c, i) => new ReaderCase($"{i}", $"p{i}", "tumor", i < 12, c.GetProperty("lesions").GetInt32()))
            .ToList();
        Reading At(int reader, int i)
        {
            var readings = golden[i].GetProperty("readings");
            return new(Of(readings[0][reader], i < 12), Of(readings[1][reader], i < 12));
        }
        return new ReaderStudy(
            ["a", "b", "c"],
            cases,
            [.. Enumerable.Range(0, 3).Select(r => cases.Select((_, i) => At(r, i)).ToList())]
        );
    }
}
