using System.Text.Json;

namespace Coverslip.Slides.Annotations;

internal static class JsonNumbers
{
    /// <summary>A finite number.</summary>
    internal static bool TryGetNumber(this JsonElement element, out double number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out number) && double.IsFinite(number);
    }
}
