using System.CommandLine;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide</c>: looks at whole slides.</summary>
internal static class SlideCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "The image to write: .png, .jpg or .tif.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "slide",
            """
            Look at whole slides: what they are, how they look, a part of them.

            Examples:
              coverslip slide info slide.svs
              coverslip slide thumbnail slide.svs --out slide.png
              coverslip slide region slide.svs --x 20000 --y 12000 --mpp 0.5 --out patch.png
            """
        );
        command.Subcommands.Add(SlideInfoCommand.Create());
        command.Subcommands.Add(CreateThumbnail());
        command.Subcommands.Add(SlideRegionCommand.Create(Out));
        command.Subcommands.Add(SlidePhantomCommand.Create());
        command.Subcommands.Add(SlidePhantomsCommand.Create());
        return command;
    }

    private static Command CreateThumbnail()
    {
        var size = new Option<int>("--size")
        {
            Description = "Pixels of the longer side, 16 to 16384.",
            DefaultValueFactory = _ => 1024,
        };
        var command = new Command(
            "thumbnail",
            """
            Write a small image of the whole slide, or of the part that was scanned where the file names it.

            Example:
              coverslip slide thumbnail slide.svs --size 2048 --out slide.png
            """
        )
        {
            SlideArguments.File,
            Out,
            size,
            SlideArguments.Reader,
        };
        size.Within(16, 16_384);
        command.SetAction(parsed =>
        {
            using var slide = SlideArguments.Open(parsed);
            using var region = slide.ReadThumbnail(parsed.GetRequiredValue(size));
            var path = parsed.GetRequiredValue(Out);
            NamedOutput.Write(Out.Name, path, region.Image, "slide thumbnail");
            Console.WriteLine(
                $"{path}: {region.Image.Width} × {region.Image.Height}, {SlideArguments.OriginText(region)}"
                    + SlideArguments.OutsideText(region)
            );
            return 0;
        });
        return command;
    }
}
