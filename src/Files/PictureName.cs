namespace Coverslip.Files;

/// <summary>Names of the pictures that are made of images.</summary>
public static class PictureName
{
    /// <summary>
    /// A picture's name without extension: folders of an image become part of it, so that equal names in two folders stay apart.
    /// </summary>
    /// <param name="image">The image, as the cohort names it.</param>
    /// <param name="shows">What the picture shows of it.</param>
    public static string Of(string image, string shows)
    {
        var name = Path.IsPathRooted(image) ? Path.GetFileName(image) : image;
        var text = $"{Path.ChangeExtension(name, null)}-{shows}";
        return string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
    }

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
