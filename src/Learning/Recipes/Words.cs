using System.Text;

namespace Coverslip.Learning.Recipes;

/// <summary>Words as users write them.</summary>
public static class Words
{
    /// <summary>CrossEntropy → cross-entropy.</summary>
    public static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
