namespace Coverslip.Files;

/// <summary>Files whose results are named after them need names of their own, in one call and in one folder.</summary>
public static class DistinctNames
{
    /// <summary>Refuses files whose results would be called the same.</summary>
    /// <param name="files">The files, or images as a cohort names them.</param>
    /// <param name="nameOf">What results are called; null (default): as the file, without folder and extension.</param>
    /// <exception cref="ArgumentException">Two have one name, but for case.</exception>
    public static void Check(IEnumerable<string> files, Func<string, string?>? nameOf = null)
    {
        foreach (
            var same in files.GroupBy(nameOf ?? Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
        )
        {
            if (same.Count() > 1)
                throw new ArgumentException(
                    $"{string.Join(" and ", same.Take(2))} have the same name, and so would their files; "
                        + "give one of them at a time, each with an --out of its own"
                );
        }
    }

    /// <summary>The error of a file whose results would take the place of another's, from an earlier call.</summary>
    /// <param name="result">What stands there.</param>
    /// <param name="owner">What it is of.</param>
    /// <param name="file">What would replace it.</param>
    public static InvalidDataException Taken(string result, string owner, string file) =>
        new(
            $"{result} is of {owner}, and {file}, which is another file, would be stored under the same name; give {file} "
                + "an --out of its own"
        );
}
