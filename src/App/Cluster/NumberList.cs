using System.Globalization;

namespace Coverslip.App.Cluster;

/// <summary>Whole numbers as Slurm writes them: 1-4,7.</summary>
internal static class NumberList
{
    internal static string Text(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
            if (ranges is [.., var (first, last)] && last == number - 1)
                ranges[^1] = (first, number);
            else
                ranges.Add((number, number));
        return string.Join(',', ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"));
    }

    /// <exception cref="FormatException">The text is something else.</exception>
    internal static IReadOnlyList<int> Parse(string text) =>
        [
            .. text.Split(',')
                .Select(range =>
                    range
                        .Split('-')
                        .Select(n => int.Parse(n, NumberStyles.None, CultureInfo.InvariantCulture))
                        .ToArray()
                )
                .SelectMany(ends => Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)),
        ];
}
