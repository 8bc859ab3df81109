using Coverslip.Evaluation.Staging;

namespace Coverslip.Evaluation.Tests.Staging;

public sealed class StageFileWritingTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Stages_follow_from_nodes_in_the_form_of_CAMELYON17()
    {
        StageFile.Write(
            path,
            [
                new(
                    "patient_000",
                    [("patient_000_node_0", NodeStatus.Negative), ("patient_000_node_1", NodeStatus.Macro)]
                ),
                new("patient_001", [("patient_001_node_0", NodeStatus.IsolatedTumorCells)]),
            ]
        );
        Assert.Equal(
            """
            patient,stage
            patient_000.zip,pN1
            patient_000_node_0.tif,negative
            patient_000_node_1.tif,macro
            patient_001.zip,pN0(i+)
            patient_001_node_0.tif,itc

            """,
            File.ReadAllText(path).ReplaceLineEndings("\n")
        );
        var read = StageFile.Read(path);
        Assert.Equal(3, read.Nodes);
        Assert.Equal(PathologicStage.N0Isolated, read.Stages["patient_001.zip"].Stage);
        Assert.Empty(read.Unused);
    }
}
