using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>Weights by name: what a word in a recipe means.</summary>
public sealed class WeightsFolderTests : IDisposable
{
    private const string Name = "weights-of-this-test";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
    private readonly string? before = Environment.GetEnvironmentVariable(WeightsFolder.Variable);

    public WeightsFolderTests() => Environment.SetEnvironmentVariable(WeightsFolder.Variable, folder);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(WeightsFolder.Variable, before);
        Directory.Delete(folder, recursive: true);
        File.Delete(Name);
    }

    [Fact]
    public void A_name_is_a_file_of_the_folder_and_a_path_stays_a_path()
    {
        var file = Path.Combine(folder, Name + ".pth");
        File.WriteAllText(file, "");
        Assert.Equal(file, WeightsFolder.Find(Name));
        Assert.Equal(file, WeightsFolder.Resolve(Name));
        string[] paths = ["", "other.pth", $"./{Name}", $"{Name}.pth", "runs/first"];
        Assert.All(paths, path => Assert.Equal(path, WeightsFolder.Resolve(path)));

        File.WriteAllText(Name, "");
        Assert.Equal(
            $"'{Name}' is both {file} and a file or folder here; write ./{Name} for the latter",
            Assert.Throws<ArgumentException>(() => WeightsFolder.Resolve(Name)).Message
        );
    }

    [Fact]
    public void A_name_that_is_nowhere_says_where_was_looked() =>
        Assert.StartsWith(
            $"there is no weights file '{Name}', and none of that name in {folder}, ",
            WeightsFolder.Missing(Name)
        );
}
