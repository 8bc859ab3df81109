using System.CommandLine;
using Coverslip.App.Commands;
using Coverslip.App.Studies;

namespace Coverslip.App;

/// <summary>The one executable. Exit codes: 0 success, 1 failure with one clear line, 2 wrong usage.</summary>
internal static class Program
{
    /// <summary>Every verb, in the order that <c>--help</c> shows them.</summary>
    private static readonly Func<Command>[] Verbs =
    [
        DemoCommand.Create,
        PhantomsCommand.Create,
        RadiographsCommand.Create,
        CohortCommand.Create,
        SplitCommand.Create,
        RecipeCommand.Create,
        TrainCommand.Create,
        PredictCommand.Create,
        PackCommand.Create,
        EvaluateCommand.Create,
        StudyCommand.Create,
        MaskCommand.Create,
        SlideCommand.Create,
        TissueCommand.Create,
        AnnotationsCommand.Create,
        PatchesCommand.Create,
        StainCommand.Create,
        EncodersCommand.Create,
        DoctorCommand.Create,
    ];

    public static int Main(string[] args)
    {
        ParentProcess.Follow();
        return CommandLine.Run(Root(), args);
    }

    /// <summary>The program's verbs with their options.</summary>
    internal static RootCommand Root()
    {
        var root = new RootCommand("Coverslip: computational pathology for people who have few slides.");
        foreach (var verb in Verbs)
            root.Subcommands.Add(verb());
        return root;
    }
}
