namespace Coverslip.Learning.Encoders;

/// <summary>
/// How recipes and commands name an encoder: <c>NAME</c>, <c>NAME=FILE</c> with the weights, or a network whole,
/// <c>FILE.onnx</c> or TorchScript's <c>FILE.ts</c> and <c>FILE.pt</c>, with its description in <c>FILE.yaml</c>.
/// </summary>
public static class EncoderWord
{
    /// <summary>What is named; nothing is opened but the description of a file.</summary>
    /// <exception cref="ArgumentException">There is no encoder of that name, or a file is not said to be one.</exception>
    /// <exception cref="FileNotFoundException">There is no such network, or none of its description.</exception>
    /// <exception cref="Recipes.RecipeException">The description is wrong.</exception>
    public static EncoderKind Kind(string named)
    {
        if (EncoderFile.IsWhole(named))
            return EncoderFile.Read(named);
        var (name, file) = Parts(named);
        if (file is null && System.IO.File.Exists(name))
            throw new ArgumentException(
                $"'{name}' is a file; say of which encoder, as NAME={name}; 'coverslip encoders' lists the names. Networks whole end in {EncoderFile.AllEndings}"
            );
        if (file is not null && Path.GetExtension(file) is ".onnx" or ".ts")
            throw new ArgumentException(
                $"'{named}': {file} is a network whole, which is named by its path alone: {file}"
            );
        return KnownEncoders.Named(name);
    }

    /// <summary>The file that was given; null where it is a name alone.</summary>
    public static string? File(string named) => EncoderFile.IsWhole(named) ? named : Parts(named).File;

    /// <summary>What has to be there: weights, by path or by the name of their file, or a network with its description.</summary>
    public static IReadOnlyList<string> Needs(string named) =>
        File(named) is not { } file ? [named]
        : EncoderFile.IsWhole(named) ? [file, EncoderFile.Description(file)]
        : [file];

    private static (string Name, string? File) Parts(string named) =>
        named.Split('=', 2) is [var name, var file] ? (name, file) : (named, null);
}
