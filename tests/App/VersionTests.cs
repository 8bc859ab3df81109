using System.Diagnostics;
using Coverslip.Tests;

namespace Coverslip.App.Tests;

/// <summary><c>native/version.sh</c> on checkouts, their archives, and folders of which nothing is known.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coverslip version ").FullName;

    public VersionTests()
    {
        Directory.CreateDirectory(At("native"));
        foreach (
            var file in new[] { "native/version.sh", "native/version.txt", ".gitattributes", "Directory.Build.props" }
        )
            File.Copy(Path.Combine(TestData.Root, file), At(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_without_git_has_the_default()
    {
        Assert.Equal(Default, Version());
        Assert.Equal("3.1.4", Version("export COVERSLIP_VERSION=v3.1.4;"));
    }

    [Fact]
    public void The_version_follows_the_tag_in_a_checkout_and_in_its_archive()
    {
        Assert.SkipUnless(Exists("git"), "git is not installed");
        Commit();
        var first = Shell("git rev-parse --short HEAD");
        Assert.Equal($"{Default}+g{first}", Version());
        Assert.Equal($"{Default}+g{first}", VersionOfArchive());

        Shell("git tag other; git tag v0.2.0");
        Assert.Equal("0.2.0", Version());
        Assert.Equal("0.2.0", VersionOfArchive());

        Commit();
        var second = Shell("git rev-parse --short HEAD");
        Assert.Equal($"0.2.0+1.g{second}", Version());
        Assert.Equal($"0.2.0+1.g{second}", VersionOfArchive());
    }

    [Fact]
    public void A_folder_inside_another_repository_does_not_take_its_tag()
    {
        Assert.SkipUnless(Exists("git"), "git is not installed");
        Shell("mkdir inner; cp -r native Directory.Build.props inner/; rm .gitattributes");
        Commit();
        Shell("git tag v7.0.0");
        Assert.Equal(Default, Shell("inner/native/version.sh"));
    }

    private static string Default => Between(File.ReadAllText(Path.Combine(TestData.Root, "Directory.Build.props")));

    private static string Between(string text) => text.Split("<Version>")[1].Split("</Version>")[0];

    private static bool Exists(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private string At(string path) => Path.Combine(_folder, path);

    private string Version(string before = "") => Shell($"{before} native/version.sh");

    private string VersionOfArchive() =>
        Shell("mkdir archive; git archive HEAD | tar x -C archive; archive/native/version.sh; rm -r archive");

    private void Commit() =>
        Shell(
            "git init -q .; git add -A; "
                + "git -c user.name=a -c user.email=a@example.org -c commit.gpgsign=false commit -q --allow-empty -m commit"
        );

    private string Shell(string commands)
    {
        var start = new ProcessStartInfo("bash", ["-ec", commands])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            Environment = { ["COVERSLIP_VERSION"] = "", ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(_folder) },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd().TrimEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
