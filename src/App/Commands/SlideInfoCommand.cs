using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide info</c>: sizes, resolution, and which reader takes the file.</summary>
internal static class SlideInfoCommand
{
    // Properties of scanners hold units such as µm.
    private static readonly FactsJson Layout = new(
        new JsonSerializerOptions(FactsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    private const string NoNuclei = "too little tissue for a hint at the microns per pixel";

    internal static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object, with everything the file says." };
        var estimate = new Option<bool>("--estimate-mpp")
        {
            Description = "Also a hint at the microns per pixel, from the grain of nuclei.",
        };
        var command = new Command(
            "info",
            """
            Say what a slide is: its levels, its resolution and where it is recorded, and which reader took it and why.

            Examples:
              coverslip slide info slide.svs
              coverslip slide info slide.tif --slide-mpp 0.25 --json
              coverslip slide info slide.tif --estimate-mpp
            """
        )
        {
            SlideArguments.File,
            SlideArguments.SlideMpp,
            SlideArguments.Reader,
            json,
            estimate,
        };
        command.SetAction(parsed =>
        {
            var opening = SlideArguments.Opening(parsed) with { Noted = null };
            using var slide = SlideFile.Open(parsed.GetRequiredValue(SlideArguments.File), opening);
            var nuclei = parsed.GetValue(estimate) ? NucleiScale.Of(slide)?.ToString() ?? NoNuclei : null;
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(Facts(slide, nuclei), Layout.SlideFacts));
            else
                Print(slide, nuclei);
            return 0;
        });
        return command;
    }

    private static void Print(Slide slide, string? nuclei)
    {
        Console.WriteLine(slide.Path);
        Console.WriteLine($"  reader      {slide.Reader.Name}: {slide.Reader.Reason}");
        foreach (var (name, reason) in slide.Reader.Declined)
            Console.WriteLine($"              not {name}: {reason}");
        Console.WriteLine($"  resolution  {slide.Resolution}");
        if (slide.Resolution.Mpp is null)
            Console.WriteLine("              pass --slide-mpp with the microns per pixel of level 0");
        if (nuclei is not null)
            Console.WriteLine($"  nuclei      {nuclei}");
        foreach (var note in slide.Notes)
            Console.WriteLine($"  note        {note}");
        Console.WriteLine($"  scanned     {slide.Bounds}");
        foreach (var level in slide.Levels)
        {
            var mpp = Mpp(slide, level) is { } its ? $", {its}" : "";
            Console.WriteLine(
                FormattableString.Invariant(
                    $"  level {level.Index, -5} {level.Width} × {level.Height}, 1/{level.DownsampleX:0.####}{mpp}"
                )
            );
        }
    }

    private static Mpp? Mpp(Slide slide, SlideLevel level) =>
        slide.Resolution.Mpp is { } mpp ? new Mpp(mpp.X * level.DownsampleX, mpp.Y * level.DownsampleY) : null;

    private static SlideFacts Facts(Slide slide, string? nuclei) =>
        new()
        {
            Path = slide.Path,
            Reader = slide.Reader.Name,
            ReaderReason = slide.Reader.Reason,
            Declined = slide.Reader.Declined.ToDictionary(d => d.Name, d => d.Reason),
            Mpp = slide.Resolution.Mpp,
            MppSource = slide.Resolution.Source.ToString(),
            MppField = slide.Resolution.Field,
            Notes = slide.Notes,
            NucleiEstimate = nuclei,
            Bounds = slide.Bounds,
            Levels = slide.Levels,
            Properties = slide.Properties,
        };
}
