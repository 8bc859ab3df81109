namespace Coverslip.Files;

/// <summary>Where set-up puts what it makes: <c>artifacts/</c> of the checkout that the program was built in.</summary>
public static class ProgramFolders
{
    /// <summary>The folder of that path there; null where the program does not lie in a checkout that has it.</summary>
    /// <param name="path">Below <c>artifacts/</c>, such as <c>native/lib</c>.</param>
    public static string? Made(string path)
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (Path.Combine(at, "artifacts", path) is var made && Directory.Exists(made))
                return made;
        return null;
    }
}
