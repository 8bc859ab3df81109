using System.CommandLine;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip annotations</c>: what was drawn onto slides, in the formats of three programs.</summary>
internal static class AnnotationsCommand
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

    private static readonly Option<string?> OfImage = new("--image")
    {
        Description = "The image file that was annotated; the mask gets its size.",
    };

    private static readonly Option<string?> OfSlide = new("--slide")
    {
        Description = "The slide that was annotated; the mask has a pixel for 2^LEVEL of it.",
    };

    private static readonly Option<int> Level = new("--level")
    {
        Description = "With --slide: how often the mask halves the slide, 0 to 20.",
        DefaultValueFactory = _ => 5,
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
              coverslip annotations mask nuclei.xml --image nuclei.tif --out masks/nuclei.png
            """
        );
        command.Subcommands.Add(CreateInfo());
        command.Subcommands.Add(CreateConvert());
        command.Subcommands.Add(CreateMask());
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
            var classes = new AnnotationClasses();
            foreach (var name in set.Classes)
            {
                var its = set.Annotations.Count(a => a.CutFrom is null && (a.Class ?? "") == name);
                var area = set.Region(name).Area;
                var word = name.Length > 0 ? $"class '{name}'" : "no class";
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"  {word}: {its} annotations, {area:0.###} px², by default {classes.UseOf(name).InWords()}"
                    )
                );
            }
            if (set.Annotations.Count(a => a.CutFrom is not null) is > 0 and var cuts)
                Console.WriteLine($"  {cuts} annotations are cut out of others");
            if (set.Annotations.Count(a => !a.IsArea) is > 0 and var flat)
                Console.WriteLine($"  {flat} points and lines, without area");
            foreach (var (note, times) in set.Notes.Concat(set.Oddities()).CountBy(note => note))
                Console.WriteLine($"  note: {(times == 1 ? "" : $"{times} times: ")}{note}");
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
            var (bytes, losses) = AnnotationFile.Encode(path, moved, parsed.GetValue(To));
            NamedOutput.WriteMarked(Out.Name, path, bytes, "annotations convert");
            foreach (var note in set.Notes.Concat(losses))
                Console.WriteLine($"note: {note}");
            Console.WriteLine($"{path}: {parsed.GetValue(To)} with {set.Annotations.Count} annotations");
            return 0;
        });
        return command;
    }

    private static Command CreateMask()
    {
        var command = new Command(
            "mask",
            """
            Draw the annotations of an image file as a mask of its size: 255 where a pixel's middle lies inside, 0 elsewhere. Such
            masks are the column mask of a cohort, as recipes of the self-supervised method take them. Of a slide the mask is
            as evaluate froc takes it. Of a folder, the file of the image's name is drawn.

            Examples:
              coverslip annotations mask TCGA-18-5592.xml --image TCGA-18-5592.tif --tumor-classes "layer 1" \
                --out masks/TCGA-18-5592.png
              coverslip annotations mask field.geojson --image field.png --tumor-classes gland --out masks/field.png
              coverslip annotations mask tumor_001.xml --slide tumor_001.tif --level 5 --out masks/tumor_001.png
            """
        )
        {
            Input,
            OfImage,
            OfSlide,
            Level,
            ClassOptions.Tumor,
            Out,
        };
        Level.Within(0, 20);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(OfImage) is null == parsed.GetValue(OfSlide) is null)
                parsed.AddError("Say what was annotated: --image FILE or --slide FILE.");
            if (parsed.GetValue(OfSlide) is null && parsed.GetResult(Level) is { Implicit: false })
                parsed.AddError("--level is for --slide; an image's mask has its size.");
        });
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(Input);
            var (image, ofSlide) = (parsed.GetValue(OfImage), parsed.GetValue(OfSlide));
            var file = (image ?? ofSlide)!;
            if (image is not null && SlideFile.IsSlide(image))
                throw new ArgumentException(
                    $"{image} is a slide: give it with --slide. To train on it needs no mask, its annotations go into the cohort's column annotation"
                );
            if (Directory.Exists(path))
                path = AnnotationFolder.Open(path, [file]).Need(file, "name the file itself");
            var classes = new AnnotationClasses { Tumor = parsed.GetValue(ClassOptions.Tumor) ?? [] };
            var (drawn, survey) = (SlideAnnotations.Read(path, classes), new AnnotationSurvey());
            survey.Add(file, drawn);
            survey.Check(classes, path);
            var (pixels, on) = ofSlide is null
                ? OutlineMask.Draw(drawn, file)
                : OutlineMask.Draw(drawn, file, parsed.GetValue(Level));
            using var mask = pixels;
            survey.Add(file, on);
            var output = parsed.GetRequiredValue(Out);
            NamedOutput.Write(Out.Name, output, mask, "annotations mask");
            var share = (double)mask.Pixels.ToArray().Count(p => p != 0) / (mask.Width * mask.Height);
            foreach (var line in survey.Lines())
                Console.WriteLine(line);
            Console.WriteLine(
                FormattableString.Invariant($"{output}: {mask.Width} × {mask.Height}, {share:0.0 %} inside")
            );
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
