using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Learning.Reports;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide phantom</c>: a painted slide of any size, for trying and measuring.</summary>
internal static class SlidePhantomCommand
{
    private const string Verb = "slide phantom";
    private static readonly SlidePhantomOptions Defaults = new();
    private static readonly Argument<string> Output = new("out")
    {
        Description = "The slide to write, such as phantom.tif.",
    };
    private static readonly Option<int> Width = StandardOption.Of("--width", Defaults.Width, "Pixels, 256 to 1048576.");
    private static readonly Option<int> Height = StandardOption.Of(
        "--height",
        Defaults.Height,
        "Pixels, 256 to 1048576."
    );
    private static readonly Option<double> Mpp = StandardOption.Of(
        "--mpp",
        Defaults.Mpp.X,
        "Microns per pixel, 0.1 to 2; cells have their size in microns."
    );
    private static readonly Option<double> Tissue = StandardOption.Of(
        "--tissue",
        Defaults.Tissue,
        "Share of the slide that is tissue, 0.05 to 0.95."
    );
    private static readonly Option<int?> Pieces = new("--pieces")
    {
        Description = "Pieces of tissue, 1 to 12. [default: 1 with lesions, else 3]",
    };
    private static readonly Option<string?> Lesions = new("--lesions")
    {
        Description =
            "Lesions, comma-separated: macro, micro or itc, each with a major axis in microns if it is to have "
            + "a certain one, such as macro,micro:450,itc.",
    };
    private static readonly Option<string?> Artifacts = new("--artifacts", "--artefacts")
    {
        Description = "Artifacts, comma-separated: pen, fold, bubble, blur, or all.",
    };
    private static readonly Option<double> Stain = StandardOption.Of(
        "--stain",
        Defaults.StainLevel,
        "0 (palest) to 1 (darkest): the stain within the range of patients."
    );
    private static readonly Option<double> Hardness = HardnessOption();
    private static readonly Option<int> Seed = StandardOption.Of("--seed", 0, "The same seed paints the same slide.");

    internal static Command Create()
    {
        var command = new Command(
            "phantom",
            """
            Paint a slide: sections like those of lymph nodes on glass, as a JPEG pyramid in BigTIFF. With lesions, their
            outlines are written beside it: NAME.xml, ASAP's format with the groups of CAMELYON16.

            Examples:
              coverslip slide phantom phantom.tif --width 100000 --height 100000 --seed 1
              coverslip slide phantom tumor.tif --lesions macro,micro,itc --artifacts all
              coverslip slide phantom small.tif --width 4096 --height 4096 --tissue 0.5 --lesions micro:300
            """
        )
        {
            Output,
            Width,
            Height,
            Mpp,
            Tissue,
            Pieces,
            Lesions,
            Artifacts,
            Stain,
            Hardness,
            Seed,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = Defaults with
        {
            Width = parsed.GetValue(Width),
            Height = parsed.GetValue(Height),
            Mpp = Slides.Geometry.Mpp.Of(parsed.GetValue(Mpp)),
            Tissue = parsed.GetValue(Tissue),
            Pieces = parsed.GetValue(Pieces),
            Lesions = ReadLesions(parsed.GetValue(Lesions)),
            Artifacts = ReadArtifacts(parsed.GetValue(Artifacts)),
            StainLevel = parsed.GetValue(Stain),
            Hardness = parsed.GetValue(Hardness),
            Seed = parsed.GetValue(Seed),
        };
        var path = parsed.GetRequiredValue(Output);
        var name = $"<{Output.Name}>";
        NamedOutput.Check(name, path, OutputKind.PhantomSlide);
        var phantom = SlidePhantom.Plan(options);
        var annotations = Path.ChangeExtension(path, ".xml");
        var outlines = AnnotationFile.Encode(annotations, phantom.Annotations(), AnnotationFormat.Asap).Bytes;
        if (phantom.Lesions.Count > 0)
            NamedOutput.CheckMarked(name, annotations, outlines, Verb);
        foreach (var kind in phantom.LeftOut)
            Console.Error.WriteLine($"no room for a {kind.ToString().ToLowerInvariant()} beside the lesions: left out");
        using (var stop = new StopSignal())
        using (var line = new ProgressLine("painting", SlidePhantom.Tiles(options.Width, options.Height), "tiles"))
        {
            phantom.Write(
                path,
                done =>
                {
                    stop.Token.ThrowIfCancellationRequested();
                    line.Report(done);
                }
            );
        }
        Console.WriteLine($"{path}: {options.Width} × {options.Height}, {new FileInfo(path).Length >> 20} MiB");
        if (phantom.Lesions.Count == 0)
            return 0;
        NamedOutput.WriteMarked(name, annotations, outlines, Verb);
        Console.WriteLine($"{annotations}: {phantom.Lesions.Count} lesions");
        ConsoleTable.Write(
            Table.OfLines(
                [
                    ["lesion", "axis, µm", "area, mm²"],
                    .. phantom.Lesions.Select(l =>
                        (IReadOnlyList<string>)
                            [
                                LesionOrder.Name(l.Class),
                                l.MajorAxis.ToString("0", CultureInfo.InvariantCulture),
                                l.Area.ToString("0.000", CultureInfo.InvariantCulture),
                            ]
                    ),
                ],
                text: 1
            )
        );
        return 0;
    }

    /// <summary>How hard tumor is to tell, 0 to 1.</summary>
    internal static Option<double> HardnessOption() =>
        StandardOption.Of(
            "--hardness",
            Defaults.Hardness,
            "0: tumor has large nuclei. 1: hardly larger ones, and so have the germinal centers of normal tissue."
        );

    /// <summary>macro, micro or itc, and nothing else.</summary>
    /// <exception cref="ArgumentException">Another word.</exception>
    internal static LesionClass ReadClass(string word) =>
        word.ToLowerInvariant() switch
        {
            "macro" => LesionClass.Macro,
            "micro" => LesionClass.Micro,
            "itc" => LesionClass.Itc,
            _ => throw new ArgumentException($"'{word}' is no class of lesions; there are macro, micro and itc"),
        };

    private static List<LesionOrder> ReadLesions(string? text) => [.. Words(text).Select(ReadLesion)];

    private static LesionOrder ReadLesion(string word)
    {
        var parts = word.Split(':');
        if (parts.Length == 1)
            return new LesionOrder(ReadClass(word));
        return parts.Length == 2 && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var axis)
            ? new LesionOrder(ReadClass(parts[0]), axis)
            : throw new ArgumentException($"'{word}' is no lesion; write a class and microns, such as micro:450");
    }

    private static List<ArtifactKind> ReadArtifacts(string? text) =>
        [
            .. Words(text)
                .SelectMany(word =>
                    word.Equals("all", StringComparison.OrdinalIgnoreCase) ? Enum.GetValues<ArtifactKind>()
                    : Enum.TryParse<ArtifactKind>(word, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? [kind]
                    : throw new ArgumentException($"'{word}' is no artifact; there are pen, fold, bubble, blur, all")
                ),
        ];

    private static string[] Words(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
