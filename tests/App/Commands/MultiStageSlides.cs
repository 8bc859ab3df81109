namespace Coverslip.App.Tests.Commands;

/// <summary>Slides of six patients with both recipes beside them, painted once; each test has folders of its own.</summary>
public sealed class MultiStageSlides : IAsyncLifetime
{
    private readonly PhantomRuns runs = new();

    internal string At(string name) => runs.At(name);

    public ValueTask DisposeAsync()
    {
        runs.Dispose();
        return default;
    }

    public ValueTask InitializeAsync()
    {
        PhantomRuns.Call(
            0,
            [
                "slide",
                "phantoms",
                "--out",
                runs.At("slides"),
                "--mpp",
                "2",
                "--side",
                "1024",
                "--patients",
                "6",
                "--slides",
                "5",
                "--tumor",
                "0.5",
                "--classes",
                "micro,itc",
            ]
        );
        File.WriteAllText(runs.At("stages.yaml"), MultiStageVerbsTests.Recipe);
        File.WriteAllText(runs.At("study.yaml"), MultiStageVerbsTests.Study);
        return default;
    }
}
