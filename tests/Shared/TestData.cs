namespace Coverslip.Tests;

/// <summary>Where tests find images that are not part of the repository.</summary>
public static class TestData
{
    /// <summary>The repository's root: the nearest folder upwards that holds <c>Coverslip.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of a public data set, or a skipped test with the reason where it is absent.</summary>
    public static string Folder(string name)
    {
        var data = Environment.GetEnvironmentVariable("COVERSLIP_DATA") ?? Path.Combine(Root, "..", "shared", "data");
        var folder = Path.GetFullPath(Path.Combine(data, name));
        Assert.SkipUnless(
            Directory.Exists(folder),
            $"no {name} under {data}; set COVERSLIP_DATA to the folder that holds it"
        );
        return folder;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Coverslip.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"no Coverslip.slnx above {AppContext.BaseDirectory}");
    }
}
