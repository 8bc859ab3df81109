using System.Text;

namespace Coverslip.Files;

/// <summary>
/// Letters with accents that were written as two characters, as macOS names files, become one. The program runs without tables
/// of languages (InvariantGlobalization), and .NET's own normalization then does nothing: these are European letters.
/// </summary>
public static class Accents
{
    private static readonly (char Mark, string Bare, string Composed)[] Marks =
    [
        ('\u0300', "aeiounAEIOUN", "àèìòùǹÀÈÌÒÙǸ"),
        ('\u0301', "aeiouycnszlrAEIOUYCNSZLR", "áéíóúýćńśźĺŕÁÉÍÓÚÝĆŃŚŹĹŔ"),
        ('\u0302', "aeioucghjswyAEIOUCGHJSWY", "âêîôûĉĝĥĵŝŵŷÂÊÎÔÛĈĜĤĴŜŴŶ"),
        ('\u0303', "anoiuANOIU", "ãñõĩũÃÑÕĨŨ"),
        ('\u0304', "aeiouAEIOU", "āēīōūĀĒĪŌŪ"),
        ('\u0306', "aguieoAGUIEO", "ăğŭĭĕŏĂĞŬĬĔŎ"),
        ('\u0307', "zcgeZCGEI", "żċġėŻĊĠĖİ"),
        ('\u0308', "aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"),
        ('\u030A', "auAU", "åůÅŮ"),
        ('\u030B', "ouOU", "őűŐŰ"),
        ('\u030C', "cdensrtzCDENSRTZ", "čďěňšřťžČĎĚŇŠŘŤŽ"),
        ('\u0327', "cstgklnrCSTGKLNR", "çşţģķļņŗÇŞŢĢĶĻŅŖ"),
        ('\u0328', "aeiuAEIU", "ąęįųĄĘĮŲ"),
    ];

    /// <summary>The text with each such pair as one letter; others stay.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0300', '\u036F'))
            return text;
        var composed = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (composed.Length > 0 && Of(composed[^1], letter) is { } one)
                composed[^1] = one;
            else
                composed.Append(letter);
        return composed.ToString();
    }

    private static char? Of(char letter, char mark)
    {
        var (_, bare, composed) = Array.Find(Marks, m => m.Mark == mark);
        return bare?.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at ? composed[at] : null;
    }
}
