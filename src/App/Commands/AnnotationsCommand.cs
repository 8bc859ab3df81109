using System.CommandLine;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip annotations</c>: what was drawn onto slides, in the formats of three programs.</summary>
public static class AnnotationsCommand
{
    private static readonly Argument<string> Input = new("in")
    {
        Description = "ASAP's or Aperio's XML, or QuPath's GeoJSON; the content says which.",
    };

    private static readonly Option<AnnotationFormat> To = new("--to")
    {
        Description = "Format to write.",
        Required = true,
    };

    private static readonly Option<string> Out = new("--out") { Description = "File to write.", Required = true };

    private static readonly Option<string?> FromBounds = new("--from-bounds")
    {
        Description = "The slide, where the file counts pixels from its bounds and not from its corner.",
    };

    private static readonly Option<string?> ToBounds = new("--to-bounds")
    {
        Description = "The slide, to write a file that counts pixels from its bounds.",
    };

    public static Command Create()
    {
        var command = new Command(
            "annotations",
            """
            Look at annotations of slides, and convert them.

            Examples:
              coverslip annotations info tumor_001.xml
              coverslip annotations convert tumor_001.xml --to geojson --out tumor_001.geojson
            """
        );
        command.Subcommands.Add(CreateInfo());
        command.Subcommands.Add(CreateConvert());
        return command;
    }

    private static Command CreateInfo()
    {
        var command = new Command(
            "info",
            """
            Say what a file holds: format, classes with the square pixels they cover, what was repaired or left out.

            Example:
              coverslip annotations info tumor_001.xml
            """
        )
        {
            Input,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(Input);
            var set = AnnotationFile.Read(path);
            Console.WriteLine($"{path}: {set.Format} with {set.Annotations.Count} annotations");
            foreach (var name in set.Classes)
            {
                var its = set.Annotations.Count(a => a.CutFrom is null && (a.Class ?? "") == name);
                var area = set.Region(name).Area;
                var word = name.Length > 0 ? $"class '{name}'" : "no class";
                Console.WriteLine(FormattableString.Invariant($"  {word}: {its} annotations, {area:0.###} px²"));
            }
            if (set.Annotations.Count(a => a.CutFrom is not null) is > 0 and var cuts)
                Console.WriteLine($"  {cuts} annotations are cut out of others");
            if (set.Annotations.Count(a => !a.IsArea) is > 0 and var flat)
                Console.WriteLine($"  {flat} points and lines, without area");
            foreach (var note in set.Notes.Concat(set.Oddities()))
                Console.WriteLine($"  note: {note}");
            return 0;
        });
        return command;
    }

    private static Command CreateConvert()
    {
        var command = new Command(
            "convert",
            """
            Write annotations in another format. What the format cannot hold is said; coordinates keep every digit.

            Examples:
              coverslip annotations convert tumor_001.xml --to geojson --out tumor_001.geojson
              coverslip annotations convert a.geojson --to asap --from-bounds a.mrxs --out a.xml
            """
        )
        {
            Input,
            To,
            Out,
            FromBounds,
            ToBounds,
        };
        command.SetAction(parsed =>
        {
            var set = AnnotationFile.Read(parsed.GetRequiredValue(Input));
            var (from, to) = (Corner(parsed.GetValue(FromBounds)), Corner(parsed.GetValue(ToBounds)));
            var path = parsed.GetRequiredValue(Out);
            var moved = set.Moved(from.X - to.X, from.Y - to.Y);
            var losses = AnnotationFile.Write(path, moved, parsed.GetValue(To));
            foreach (var note in set.Notes.Concat(losses))
                Console.WriteLine($"note: {note}");
            Console.WriteLine($"{path}: {parsed.GetValue(To)} with {set.Annotations.Count} annotations");
            return 0;
        });
        return command;
    }

    private static SlidePoint Corner(string? path)
    {
        if (path is null)
            return default;
        using var slide = SlideFile.Open(path);
        return slide.Bounds.At;
    }
}
