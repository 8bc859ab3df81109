using Coverslip.Files;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Weights by name: <c>NAME.safetensors</c>, <c>.pth</c>, <c>.pt</c> or <c>.bin</c> in the folder that
/// <c>COVERSLIP_ENCODERS</c> names, in <c>encoders</c> beside the program, or in <c>artifacts/encoders</c> of the
/// checkout that the program was built in, where set-up puts those of the box.
/// </summary>
public static class WeightsFolder
{
    /// <summary>The variable that names a folder of the user's own.</summary>
    public const string Variable = "COVERSLIP_ENCODERS";

    private static readonly string[] Endings = [".safetensors", ".pth", ".pt", ".bin"];

    /// <summary>The file of a name; null where no folder has one.</summary>
    public static string? Find(string name) =>
        Folders()
            .SelectMany(folder => Endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);

    /// <summary>
    /// The file or folder that a recipe's or command's word means: what has this path, or else what has this name.
    /// </summary>
    /// <param name="weights">A path, or a name such as <c>resnet-18</c>.</param>
    /// <returns>The path as it was given where it is none of both.</returns>
    /// <exception cref="ArgumentException">It is both.</exception>
    public static string Resolve(string weights)
    {
        if (!IsName(weights) || Find(weights) is not { } file)
            return weights;
        return Path.Exists(weights)
            ? throw new ArgumentException(
                $"'{weights}' is both {file} and a file or folder here; write ./{weights} for the latter"
            )
            : file;
    }

    /// <summary>What to say where neither a path nor a name was found.</summary>
    internal static string Missing(string weights) =>
        IsName(weights)
            ? $"there is no weights file '{weights}', and none of that name in {string.Join(", ", Folders())}; "
                + $"'coverslip encoders' lists what is known; weights are not downloaded"
            : $"{weights}: there is no such weights file; weights are not downloaded: put it there, name another in network.weights, or set that to \"\" to begin at random";

    /// <summary>Folders in the order in which they are looked into; the user's comes first.</summary>
    internal static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            yield return Path.GetFullPath(named);
        yield return Path.Combine(AppContext.BaseDirectory, "encoders");
        if (ProgramFolders.Made("encoders") is { } made)
            yield return made;
    }

    private static bool IsName(string weights) =>
        weights.Length > 0 && weights.AsSpan().IndexOfAny('/', '\\') < 0 && Path.GetExtension(weights).Length == 0;
}
