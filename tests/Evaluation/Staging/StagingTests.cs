using Coverslip.Evaluation.Staging;
using Coverslip.Files;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests.Staging;

public sealed class StagingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("pN0", "negative negative negative negative negative")]
    [InlineData("pN0(i+)", "negative itc negative itc itc")]
    [InlineData("pN1mi", "micro micro micro micro micro")]
    [InlineData("pN1", "negative macro micro micro itc")]
    [InlineData("pN1", "macro macro macro itc itc")]
    [InlineData("pN2", "macro micro micro micro itc")]
    [InlineData("pN2", "macro macro macro macro macro")]
    public void A_stage_follows_from_the_nodes(string stage, string nodes) =>
        Assert.Equal(
            PathologicStages.Parse(stage),
            PathologicStages.Of([.. nodes.Split(' ').Select(n => PathologicStages.ParseNode(n)!.Value)])
        );

    [Fact]
    public void No_nodes_and_more_than_pN2_have_no_stage()
    {
        Assert.Throws<ArgumentException>(() => PathologicStages.Of([]));
        Assert.Throws<ArgumentException>(() => PathologicStages.Of([.. Enumerable.Repeat(NodeStatus.Macro, 10)]));
        Assert.Null(PathologicStages.Parse("pN3"));
        Assert.Null(PathologicStages.ParseNode("none"));
    }

    [Fact]
    public void All_patients_of_CAMELYON17_have_the_stage_of_their_nodes()
    {
        var path = Path.Combine(TestData.Folder("camelyon"), "stage_labels17.csv");
        var nodes = CsvTable
            .ReadRows(path)
            .Where(r => r.Fields[0].EndsWith(".tif"))
            .ToLookup(
                r => r.Fields[0][..r.Fields[0].IndexOf("_node")],
                r => PathologicStages.ParseNode(r.Fields[1])!.Value
            );
        var stages = StageFile.Read(path);
        Assert.Equal((100, 500, 0), (stages.Stages.Count, stages.Nodes, stages.Unused.Count));
        foreach (var (patient, (_, stage)) in stages.Stages)
            Assert.Equal((patient, stage), (patient, PathologicStages.Of([.. nodes[patient[..^".zip".Length]]])));
        var kappa = KappaEvaluation.Of(stages, stages).Kappa;
        Assert.Equal((1.0, null, null), (kappa.Value, kappa.Low, kappa.High)); // all draws are 1: no interval
    }

    [Fact]
    public void Kappa_equals_scikit_learns()
    {
        foreach (var golden in Golden.Of("froc.json").GetProperty("kappa").EnumerateArray())
        {
            var (truth, predicted) = (
                Stages("truth.csv", golden.Integers("truth")),
                Stages("p.csv", golden.Integers("predicted"))
            );
            var kappa = KappaEvaluation.Of(predicted, truth, new KappaOptions { Bootstrap = 200 }).Kappa;
            Assert.Equal(golden.GetProperty("kappa").GetDouble(), kappa.Value!.Value, 1e-12);
            Assert.InRange(kappa.Value.Value, kappa.Low!.Value, kappa.High!.Value);
        }
        var same = Stages("same.csv", [1, 1, 1]);
        Assert.Equal("every stage, true and predicted, is the same", KappaEvaluation.Of(same, same).Kappa.Reason);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_named()
    {
        var truth = StageFile.Read(folder.Write("truth.csv", "patient,stage\na.zip,pN0\nb.zip,PN1MI\n"));
        var predicted = StageFile.Read(
            folder.Write("p.csv", "patient,stage\nb.zip,pn1\na.zip,pN0\nb_node_0.tif,micro\nb,pN1\nc.zip,pN2\n")
        );
        Assert.Equal(1, predicted.Nodes);
        var evaluation = KappaEvaluation.Of(predicted, truth);
        Assert.Equal([(5, "b,pN1"), (6, "c.zip")], evaluation.Unused.Select(r => (r.Row, r.Text)));
        Assert.Equal(2, evaluation.Patients);
        Assert.Equal(1, evaluation.Confusion[2][3]);
    }

    [Theory]
    [InlineData(
        "patient,stage\na.zip,pN0\nb.zip,pN3\n",
        "row 3: the stage of b.zip is 'pN3'; stages are pN0, pN0(i+),"
    )]
    [InlineData("a.zip\n", "row 1: the stage of a.zip is ''")]
    [InlineData("a.zip,pN0\na.zip,pN0\n", "row 2: a.zip stands in row 1 already")]
    [InlineData("patient,stage\na,pN0\n", "no patient")]
    [InlineData("a.zip,pN0\n", "no stage for 1 patients")]
    public void Stages_that_cannot_be_judged_are_errors(string text, string expected)
    {
        var truth = StageFile.Read(folder.Write("truth.csv", "a.zip,pN0\nb.zip,pN1\n"));
        var error = Assert.Throws<InvalidDataException>(() =>
            KappaEvaluation.Of(StageFile.Read(folder.Write("p.csv", text)), truth)
        );
        Assert.Contains(expected, error.Message);
    }

    private StageFile Stages(string name, int[] stages) =>
        StageFile.Read(
            folder.Write(name, string.Join('\n', stages.Select((s, i) => $"{i}.zip,{PathologicStages.Names[s]}")))
        );
}
