namespace Coverslip.Files;

/// <summary>Names of the pictures that are made of images.</summary>
public static class PictureName
{
    /// <summary>
    /// A picture's name without extension: folders of an image become part of it, so that equal names in two folders stay apart.
    /// </summary>
    /// <param name="image">The image, as the cohort names it.</param>
    /// <param name="shows">What the picture shows of it.</param>
    public static string Of(string image, string shows) => Joined(StemOf(image), shows);

    /// <summary>What names of an image's pictures begin with.</summary>
    public static string StemOf(string image) =>
        Plain(Path.ChangeExtension(Path.IsPathRooted(image) ? Path.GetFileName(image) : image, null));

    /// <summary>The name of the picture that shows something of an image.</summary>
    /// <param name="stem">What names of the image's pictures begin with.</param>
    /// <param name="shows">What it shows.</param>
    public static string Joined(string stem, string shows) => $"{stem}-{Plain(shows)}";

    private static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));

    /// <summary>Refuses images whose pictures would have one name.</summary>
    /// <exception cref="ArgumentException">There are such; the message names two.</exception>
    public static void CheckDistinct(IEnumerable<string> images)
    {
        var same = images.GroupBy(i => Of(i, ""), StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (same is not null)
            throw new ArgumentException(
                $"{string.Join(" and ", same.Take(2))} would have pictures of one name ({same.Key}…); rename one, or predict them into two folders"
            );
    }
}
