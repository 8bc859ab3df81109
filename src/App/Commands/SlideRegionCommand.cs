using System.CommandLine;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide region</c>: a part of a slide at a resolution.</summary>
internal static class SlideRegionCommand
{
    private static readonly Option<long> X = new("--x")
    {
        Description = "Left edge, in pixels of the finest level; may lie outside.",
        Required = true,
    };

    private static readonly Option<long> Y = new("--y")
    {
        Description = "Top edge, in pixels of the finest level; may lie outside.",
        Required = true,
    };

    private static readonly Option<int> Width = Side("--width");

    private static readonly Option<int> Height = Side("--height");

    private static readonly Option<double> WantedMpp = new("--mpp")
    {
        Description = "Microns per pixel of the image that is wanted.",
        Required = true,
    };

    internal static Command Create(Option<string> output)
    {
        SlideArguments.CheckMpp(WantedMpp);
        var command = new Command(
            "region",
            """
            Write a part of a slide as an image, at a resolution in microns per pixel. A level within 1 % of it gives
            its own pixels; otherwise each pixel is the mean of what it covers.

            Examples:
              coverslip slide region slide.svs --x 20000 --y 12000 --mpp 0.5 --out patch.png
              coverslip slide region plain.tif --slide-mpp 0.25 --x 0 --y 0 --width 900 --height 600 --mpp 2 --out a.png
            """
        )
        {
            SlideArguments.File,
            X,
            Y,
            Width,
            Height,
            WantedMpp,
            SlideArguments.SlideMpp,
            output,
            SlideArguments.Reader,
        };
        command.SetAction(parsed =>
        {
            using var slide = SlideArguments.Open(parsed);
            var mpp = Mpp.Of(parsed.GetRequiredValue(WantedMpp));
            var size = new PixelSize(parsed.GetRequiredValue(Width), parsed.GetRequiredValue(Height));
            var at = new SlidePoint(parsed.GetRequiredValue(X), parsed.GetRequiredValue(Y));
            using var region = slide.Read(new RegionRequest(at, size, mpp));
            var path = parsed.GetRequiredValue(output);
            NamedOutput.Write(output.Name, path, region.Image, "slide region");
            Console.WriteLine(
                $"{path}: {size} at {mpp}, {SlideArguments.OriginText(region)}{SlideArguments.OutsideText(region)}"
            );
            return 0;
        });
        return command;
    }

    private static Option<int> Side(string name)
    {
        var side = new Option<int>(name)
        {
            Description = "Pixels of the image that is wanted, 1 to 32768.",
            DefaultValueFactory = _ => 256,
        };
        side.Within(1, 32_768);
        return side;
    }
}
