using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Slides.Phantoms;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide phantom</c>: a painted slide of any size, for trying and measuring.</summary>
internal static class SlidePhantomCommand
{
    internal static Command Create()
    {
        var output = new Argument<string>("out") { Description = "The slide to write, such as phantom.tif." };
        var defaults = new SlidePhantomOptions();
        var width = new Option<int>("--width") { DefaultValueFactory = _ => defaults.Width };
        var height = new Option<int>("--height") { DefaultValueFactory = _ => defaults.Height };
        var tissue = new Option<double>("--tissue") { DefaultValueFactory = _ => defaults.Tissue };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 0 };
        (width.Description, height.Description) = ("Pixels, 256 to 1048576.", "Pixels, 256 to 1048576.");
        tissue.Description = "Share of the slide that is tissue, 0.05 to 0.95.";
        seed.Description = "The same seed paints the same slide.";
        var command = new Command(
            "phantom",
            """
            Paint a slide: islands of tissue on glass, at 0.25 µm per pixel, as a JPEG pyramid in BigTIFF.

            Example:
              coverslip slide phantom phantom.tif --width 100000 --height 100000 --seed 1
            """
        )
        {
            output,
            width,
            height,
            tissue,
            seed,
        };
        command.SetAction(parsed =>
        {
            var options = defaults with
            {
                Width = parsed.GetRequiredValue(width),
                Height = parsed.GetRequiredValue(height),
                Tissue = parsed.GetRequiredValue(tissue),
                Seed = parsed.GetRequiredValue(seed),
            };
            var path = parsed.GetRequiredValue(output);
            var tiles = (long)((options.Width + 255) / 256) * ((options.Height + 255) / 256);
            using (var stop = new StopSignal())
            using (var line = new ProgressLine("painting", tiles, "tiles"))
            {
                SlidePhantom.Write(
                    path,
                    options,
                    done =>
                    {
                        stop.Token.ThrowIfCancellationRequested();
                        line.Report(done);
                    }
                );
            }
            Console.WriteLine($"{path}: {options.Width} × {options.Height}, {new FileInfo(path).Length >> 20} MiB");
            return 0;
        });
        return command;
    }
}
