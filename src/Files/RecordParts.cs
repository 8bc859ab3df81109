using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Coverslip.Files;

/// <summary>The values of a record by path (<c>training.batch</c>), as its own text does not give them: it leaves lists out.</summary>
internal sealed class RecordParts
{
    private readonly List<(string Path, string? Value)> found = [];
    private readonly HashSet<string> except;
    private readonly HashSet<string> met = new(StringComparer.Ordinal);

    private RecordParts(IEnumerable<LeftOut> except) =>
        this.except = except.Select(e => e.Property).ToHashSet(StringComparer.Ordinal);

    internal static IReadOnlyList<(string Path, string? Value)> Of(object record, IReadOnlyList<LeftOut> except)
    {
        var parts = new RecordParts(except);
        parts.Record(record, "", "");
        // What lies within a property that is left out whole is not met, and left out all the same.
        var unmet = parts
            .except.Except(parts.met)
            .Where(p => !parts.except.Any(o => p.StartsWith($"{o}.", StringComparison.Ordinal)));
        if (unmet.FirstOrDefault() is { } unknown)
            throw new ArgumentException($"{record.GetType().Name} has no property {unknown} to leave out");
        return parts.found;
    }

    private void Record(object record, string property, string path)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        // What can be set: what is computed of it decides nothing more. Functions are code, not settings.
        var settable = record
            .GetType()
            .GetProperties(all)
            .Where(p => p.SetMethod is not null && !p.PropertyType.IsAssignableTo(typeof(Delegate)))
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .ToArray();
        if (settable.Length == 0 && record.GetType().GetFields(all).Length > 0)
            throw new ArgumentException(
                $"{path} is a {record.GetType().Name}, which is neither record, list, text nor number: what is in it cannot be told"
            );
        foreach (var each in settable)
        {
            var name = property.Length == 0 ? each.Name : $"{property}.{each.Name}";
            met.Add(name);
            var word = JsonNamingPolicy.SnakeCaseLower.ConvertName(each.Name);
            if (!except.Contains(name))
                Value(each.GetValue(record), name, path.Length == 0 ? word : $"{path}.{word}");
        }
    }

    private void Value(object? value, string property, string path)
    {
        switch (value)
        {
            case null or string:
                found.Add((path, (string?)value));
                break;
            case Enum or bool:
                found.Add((path, $"{value}"));
                break;
            case double or float:
                found.Add((path, ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture)));
                break;
            case IFormattable number:
                found.Add((path, number.ToString(null, CultureInfo.InvariantCulture)));
                break;
            case IEnumerable list:
                var count = 0;
                foreach (var element in list)
                    Value(element, property, $"{path}[{count++}]");
                found.Add(($"{path}.count", count.ToString(CultureInfo.InvariantCulture)));
                break;
            default:
                Record(value, property, path);
                break;
        }
    }
}
