using Coverslip.Files;
using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Encoders;

/// <summary>The encoders by name: the one in the box, and those whose weights the user brings.</summary>
public static class KnownEncoders
{
    /// <summary>The box's first, then those of slides, then those of photographs.</summary>
    public static IReadOnlyList<EncoderKind> All { get; } =
    [
        new()
        {
            Name = BoxedResNet.Name,
            Backbone = KnownBackbones.Named(BoxedResNet.Name),
            Scale = KnownBackbones.Named(BoxedResNet.Name).Scale,
            Features = 512,
            License = "MIT",
            Published = $"in the box: NuGet {BoxedResNet.Package}",
        },
        .. SlideEncoders.All,
        .. PhotographEncoders.All,
    ];

    /// <summary>The encoder of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest and all.</exception>
    public static EncoderKind Named(string name)
    {
        var names = All.Select(k => k.Name).ToArray();
        return All.FirstOrDefault(k => k.Name == name)
            ?? throw new ArgumentException($"there is no encoder '{name}'; {NearestName.Among(name, names)}");
    }
}
