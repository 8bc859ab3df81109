using System.CommandLine;
using System.Globalization;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.App.Commands;

/// <summary>What <c>coverslip features</c> does with files of features: it shows them, and writes them in another layout.</summary>
internal static class FeatureFileCommands
{
    private static readonly Argument<string> File = new("file")
    {
        Description = "Features of a slide by this program, TRIDENT, CLAM or STAMP.",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = $"The layout to write: {string.Join(", ", FeatureFile.Layouts.Select(l => l.Name))}.",
        Required = true,
    };

    private static readonly Option<string> Out = new("--out") { Description = "The file to write.", Required = true };

    static FeatureFileCommands() => Format.AcceptOnlyFromAmong([.. FeatureFile.Layouts.Select(l => l.Name)]);

    internal static Command CreateShow()
    {
        var show = new Command("show", "Say what a file of a slide's features holds.") { File };
        show.SetAction(parsed =>
        {
            var (layout, features) = FeatureFile.Read(parsed.GetRequiredValue(File));
            Console.WriteLine(
                $"{features.Name}: {features.Count} patches, {features.Numbers} features each ({layout.Name})"
            );
            foreach (var (name, value) in Told(features))
                Console.WriteLine($"  {name}: {value ?? "not said"}");
            return 0;
        });
        return show;
    }

    internal static Command CreateConvert()
    {
        var convert = new Command("convert", "Write a slide's features in another layout.") { File, Format, Out };
        convert.SetAction(parsed =>
        {
            var (_, features) = FeatureFile.Read(parsed.GetRequiredValue(File));
            var layout = FeatureFile.Layout(parsed.GetRequiredValue(Format));
            var path = parsed.GetRequiredValue(Out);
            FeatureFile.Write(path, layout, features);
            Console.WriteLine($"wrote {path}");
            return 0;
        });
        return convert;
    }

    private static IEnumerable<(string Name, string? Value)> Told(PatchFeatures features)
    {
        var facts = features.Facts;
        yield return ("encoder", facts.Encoder);
        yield return ("side", facts.Side is { } side ? $"{side} pixels" : null);
        yield return ("microns per pixel", Text(facts.Mpp));
        yield return ("microns per pixel of level 0", Text(facts.Level0Mpp));
        yield return ("places", features.InMicrons ? "in microns" : "in pixels of level 0");
        yield return ("reader", facts.Reader);
        yield return ("tissue", facts.Tissue);
        yield return ("view", facts.View ?? "as the slide is");
    }

    private static string? Text(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture);
}
