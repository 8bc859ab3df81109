namespace Coverslip.Evaluation.Staging;

/// <summary>What a slide shows of a lymph node, by the diameter of its largest metastasis.</summary>
public enum NodeStatus
{
    /// <summary>No tumor.</summary>
    Negative,

    /// <summary>Isolated tumor cells: at most 0.2 mm, or fewer than 200 cells.</summary>
    IsolatedTumorCells,

    /// <summary>Micro-metastasis: above 0.2 mm, at most 2 mm.</summary>
    Micro,

    /// <summary>Macro-metastasis: above 2 mm.</summary>
    Macro,
}

/// <summary>The pN stages of CAMELYON17, from the least to the worst.</summary>
public enum PathologicStage
{
    /// <summary>pN0: no tumor.</summary>
    N0,

    /// <summary>pN0(i+): isolated tumor cells only.</summary>
    N0Isolated,

    /// <summary>pN1mi: micro-metastases, no macro-metastasis.</summary>
    N1Micro,

    /// <summary>pN1: metastases in one to three nodes, one of them a macro-metastasis at least.</summary>
    N1,

    /// <summary>pN2: metastases in four to nine nodes, one of them a macro-metastasis at least.</summary>
    N2,
}

/// <summary>How stages and nodes are called in CAMELYON17's files, and how one follows from the other.</summary>
public static class PathologicStages
{
    private static readonly string[] StageNames = ["pN0", "pN0(i+)", "pN1mi", "pN1", "pN2"];

    private static readonly string[] NodeNames = ["negative", "itc", "micro", "macro"];

    /// <summary>All stages in order.</summary>
    public static IReadOnlyList<PathologicStage> All { get; } = Enum.GetValues<PathologicStage>();

    /// <summary>The stages' names in order.</summary>
    public static IReadOnlyList<string> Names => StageNames;

    /// <summary>pN0, pN0(i+), pN1mi, pN1 or pN2.</summary>
    public static string Name(this PathologicStage stage) => StageNames[(int)stage];

    /// <summary>negative, itc, micro or macro.</summary>
    public static string Name(this NodeStatus node) => NodeNames[(int)node];

    /// <summary>A stage by its name, whatever its case; null if there is none of that name.</summary>
    public static PathologicStage? Parse(string name) => (PathologicStage?)Find(StageNames, name);

    /// <summary>negative, itc, micro or macro, whatever its case; null for anything else.</summary>
    public static NodeStatus? ParseNode(string name) => (NodeStatus?)Find(NodeNames, name);

    /// <summary>
    /// The stage of a patient by CAMELYON17's rules (Bándi et al. 2019). Isolated tumor cells are no
    /// metastasis: a node that has only these does not count towards pN1 and pN2.
    /// </summary>
    /// <param name="nodes">One per node, in any order; the challenge has five.</param>
    /// <exception cref="ArgumentException">No nodes, or metastases in more than nine.</exception>
    public static PathologicStage Of(IReadOnlyCollection<NodeStatus> nodes)
    {
        if (nodes.Count == 0)
            throw new ArgumentException("a stage needs at least one node", nameof(nodes));
        var metastases = nodes.Count(n => n is NodeStatus.Micro or NodeStatus.Macro);
        if (metastases > 9)
            throw new ArgumentException(
                $"metastases in {metastases} nodes; pN2 ends at 9, and CAMELYON17 has no stage beyond it",
                nameof(nodes)
            );
        return nodes.Max() switch
        {
            NodeStatus.Negative => PathologicStage.N0,
            NodeStatus.IsolatedTumorCells => PathologicStage.N0Isolated,
            NodeStatus.Micro => PathologicStage.N1Micro,
            _ => metastases <= 3 ? PathologicStage.N1 : PathologicStage.N2,
        };
    }

    /// <summary>Whether the rules have a stage for a patient: nodes, and metastases in at most nine of them.</summary>
    public static bool HasStage(PatientNodes patient) =>
        patient.Nodes.Count > 0 && patient.Nodes.Count(n => n.Status is NodeStatus.Micro or NodeStatus.Macro) <= 9;

    private static int? Find(string[] names, string name) =>
        Array.FindIndex(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var i ? i : null;
}
