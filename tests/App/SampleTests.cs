using Coverslip.App.Tests.Commands;

namespace Coverslip.App.Tests;

/// <summary>The program of samples/, a process of its own that knows nothing of the App.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"coverslip-sample-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Thirty_lines_make_masks_train_and_predict()
    {
        var (code, output, errors) = await ProgramProcess.Run([folder], program: "TrainAndPredict");
        Assert.True(code == 0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^epoch 3: loss \d+\.\d{3}$", lines[2]);
        Assert.Matches(@"^\d+ of \d+ test images are right$", lines[3]);
        Assert.Equal(5, lines[4..].Length);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, "masks"), "*.png", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(folder, "run", "predictions.csv")));
    }
}
