using Coverslip.Files;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Backbones;

/// <summary>The published networks by name.</summary>
public static class KnownBackbones
{
    public static IReadOnlyList<BackboneKind> All { get; } =
    [
        .. DenseNet.Kinds,
        InceptionV3.Kind,
        .. ResNet.Kinds,
        Xception.Kind,
        MobileNetV1.Kind,
        MobileNetV2.Kind,
        .. NasNet.Kinds,
        GoogLeNet.Kind,
    ];

    /// <summary>What stands for a network in trivial models that the others are to beat; it is none of the published ones.</summary>
    public static BackboneKind Trivial => MeanColor.Kind;

    /// <summary>Reads the key <c>name</c>.</summary>
    /// <exception cref="RecipeException">There is no such network; the message names the nearest and all.</exception>
    public static BackboneKind Read(RecipeNode node, string otherwise) =>
        Named(
            node.Name(
                "name",
                otherwise,
                [.. All.Select(k => k.Name), Trivial.Name],
                "Which published network; mean-color is none, but a trivial model to compare with: means and deviations of colors"
            )
        );

    /// <summary>The network of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest and all.</exception>
    public static BackboneKind Named(string name)
    {
        var names = All.Select(k => k.Name).ToArray();
        return All.Append(Trivial).FirstOrDefault(k => k.Name == name)
            ?? throw new ArgumentException($"there is no network '{name}'; {NearestName.Among(name, names)}");
    }
}
