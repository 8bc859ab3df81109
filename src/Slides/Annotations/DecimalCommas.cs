using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// Places with decimal commas, as programs write them on a German or French desktop. They are read where the whole file
/// says what they mean: no place has a point, and one at least cannot be thousands, as 12,5 and 1234,567.
/// </summary>
internal static partial class DecimalCommas
{
    public static void Mend(XElement root, List<string> notes)
    {
        XAttribute[] places =
        [
            .. root.DescendantsAndSelf().Attributes().Where(a => a.Name.LocalName.ToUpperInvariant() is "X" or "Y"),
        ];
        XAttribute[] commas = [.. places.Where(a => Comma().IsMatch(a.Value))];
        if (
            commas.Length == 0
            || places.Any(a => a.Value.Contains('.'))
            || commas.All(a => Thousands().IsMatch(a.Value))
        )
            return;
        foreach (var place in commas)
            place.Value = place.Value.Replace(',', '.');
        notes.Add($"decimal commas in {commas.Length} numbers, such as {commas[0].Value}");
    }

    [GeneratedRegex(@"^\s*-?\d+,\d+\s*$")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^\s*-?[1-9]\d{0,2},\d{3}\s*$")]
    private static partial Regex Thousands();
}
