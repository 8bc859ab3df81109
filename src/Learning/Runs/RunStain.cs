using Coverslip.Files;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Runs;

/// <summary>The stain reference of a run: fitted once, kept as <c>stain.json</c> in its folder.</summary>
public static class RunStain
{
    /// <summary>The run's reference, kept in its folder or as the recipe names it; null where it names none.</summary>
    /// <exception cref="IOException">The run was begun with another reference.</exception>
    public static InputStain? Of(InputOptions input, string folder)
    {
        if (!input.Restained)
            return null;
        var kept = Path.Combine(folder, StoredRun.StainName);
        if (!File.Exists(kept))
            return InputStain.Of(input);
        var begun = InputStain.Parse(File.ReadAllText(kept), kept, input.StainRefused);
        if (File.Exists(input.Stain) && InputStain.Of(input)!.Key != begun.Key)
            throw new IOException(
                $"{folder} was begun with another stain than that of {input.Stain} (its copy is {kept}); put the former "
                    + "file back, or choose another --out"
            );
        return begun;
    }

    /// <summary>Keeps it in the run's folder.</summary>
    public static void Keep(InputStain? stain, string folder)
    {
        if (stain is not null)
            WholeFile.Write(Path.Combine(folder, StoredRun.StainName), stain.Json);
    }
}
