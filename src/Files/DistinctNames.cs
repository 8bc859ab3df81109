namespace Coverslip.Files;

/// <summary>Files whose results are named after them need names of their own.</summary>
public static class DistinctNames
{
    /// <summary>Refuses files whose results would be called the same.</summary>
    /// <exception cref="ArgumentException">Two have one name, but for folder, extension and case.</exception>
    public static void Check(IEnumerable<string> files)
    {
        foreach (var same in files.GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Count() > 1)
                throw new ArgumentException(
                    $"{string.Join(" and ", same.Take(2))} have the same name, and so would their files; "
                        + "give one of them at a time, each with an --out of its own"
                );
        }
    }
}
