using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>The stain reference of a run: fitted once, kept as <c>stain.json</c> in its folder.</summary>
internal static class RunStain
{
    /// <summary>The run's reference, kept in its folder or as the recipe names it; null where it names none.</summary>
    /// <exception cref="IOException">The run was begun with another reference.</exception>
    internal static InputStain? Of(InputOptions input, string folder)
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
    internal static void Keep(InputStain? stain, string folder)
    {
        if (stain is not null)
            WholeFile.Write(Path.Combine(folder, StoredRun.StainName), stain.Json);
    }

    /// <summary>Says how many images are used as they are.</summary>
    internal static void Tell(PatchSet patches)
    {
        if (patches.StainsKept > 0)
            Console.Error.WriteLine(
                $"{patches.StainsKept} of {patches.Patches.Count} images have no stain that can be measured and are used as they are"
            );
    }
}
