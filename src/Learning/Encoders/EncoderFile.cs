using System.Security.Cryptography;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Encoders;

/// <summary>What is taken of an output that has a place to each part of the image.</summary>
internal enum OutputPooling
{
    /// <summary>Outputs are [images, numbers] already.</summary>
    None,

    /// <summary>The first token of [images, tokens, numbers].</summary>
    First,

    /// <summary>The mean over all tokens, or over the map [images, numbers, H, W].</summary>
    Mean,
}

/// <summary>
/// A network whole, as ONNX or TorchScript, and what a description beside it, <c>NAME.yaml</c>, says of its input: files
/// themselves do not tell how pixels are scaled.
/// </summary>
internal sealed record EncoderFile
{
    private const string Example =
        "{size: 224, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]} (of red, green, blue in 0 to 1)";

    private static readonly string[] Endings = [".onnx", ".ts", ".pt", ".torchscript"];

    private EncoderFile(string path) => Path = path;

    internal static string AllEndings => string.Join(", ", Endings);

    internal string Path { get; }

    internal bool IsOnnx => System.IO.Path.GetExtension(Path) == ".onnx";

    internal OutputPooling Pooling { get; private init; }

    /// <summary>Whether it takes blue first.</summary>
    internal bool BlueFirst { get; private init; }

    /// <summary>Whether a word names a network whole; <c>NAME=FILE.pt</c> names weights.</summary>
    internal static bool IsWhole(string named) =>
        Array.Exists(Endings, e => named.EndsWith(e, StringComparison.Ordinal))
        && (File.Exists(named) || !named.Contains('=', StringComparison.Ordinal));

    internal static string Description(string path) => System.IO.Path.ChangeExtension(path, ".yaml");

    internal static EncoderKind Read(string path)
    {
        var described = Description(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such network; name one that ends in {AllEndings}");
        if (!File.Exists(described))
            throw new FileNotFoundException(
                $"{path}: how its pixels are scaled stands nowhere; write {described} beside it, such as {Example}"
            );
        return RecipeNode.Parse(TextFile.Read(described), described).Read(node => Read(node, path));
    }

    private static EncoderKind Read(RecipeNode node, string path)
    {
        var (mean, deviation) = (Colors(node, "mean", (0, 1)), Colors(node, "deviation", (1e-4, 1)));
        var mpp = node.Number("mpp", 0, (0, 200), "Microns per pixel it was trained at; 0: no slides");
        return new EncoderKind
        {
            Name = System.IO.Path.GetFileNameWithoutExtension(path),
            Features = 0,
            Side = node.Int("size", 224, (16, 4096), "Side of its images in pixels"),
            Scale = new InputScale(mean, deviation),
            Mpp = mpp > 0 ? mpp : null,
            License = node.Text("license", "not stated", "Terms of its weights"),
            Published = path,
            Whole = new EncoderFile(path)
            {
                Pooling = node.Word("pooling", OutputPooling.None, "What is taken of tokens or a map"),
                BlueFirst = node.Name("colors", "rgb", ["rgb", "bgr"], "Order of an image's colors") == "bgr",
            },
        };
    }

    private static float[] Colors(RecipeNode node, string key, (double, double) range)
    {
        var colors = node.Numbers(key, [], range, "Of red, green, blue in 0 to 1");
        return colors.Count == 3
            ? [.. colors.Select(c => (float)c)]
            : throw node.Wrong(
                key,
                string.Join(", ", colors),
                $"expected are three numbers; a description is, for example, {Example}"
            );
    }

    internal IEncoderNetwork Open(EncoderOptions options, (int Height, int Width) size) =>
        IsOnnx ? new OnnxNetwork(this, options.Device, size) : new ScriptNetwork(this, options.Device, size);

    /// <summary>SHA-256 of its files.</summary>
    internal string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[1 << 20];
        foreach (var part in IsOnnx ? OnnxParts.Of(Path) : [Path])
        {
            using var stream = File.OpenRead(part);
            for (int read; (read = stream.Read(chunk)) > 0; )
                hash.AppendData(chunk, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What besides weights, size and scale decides its features; empty where nothing does.</summary>
    internal string Told =>
        (BlueFirst ? " blue first" : "") + (Pooling == OutputPooling.None ? "" : $" {Pooling} of places");
}
