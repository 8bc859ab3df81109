using System.CommandLine;
using Coverslip.App.Commands;
using Coverslip.App.Studies;

namespace Coverslip.App;

/// <summary>The one executable. Exit codes: 0 success, 1 failure with one clear line, 2 wrong usage, 130 stopped.</summary>
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
        RecipesCommand.Create,
        RecipeCommand.Create,
        TrainCommand.Create,
        PredictCommand.Create,
        ViewCommand.Create,
        PackCommand.Create,
        QuantizeCommand.Create,
        EvaluateCommand.Create,
        StudyCommand.Create,
        MaskCommand.Create,
        SlideCommand.Create,
        TissueCommand.Create,
        ReadingCommand.Create,
        AnnotationsCommand.Create,
        PatchesCommand.Create,
        StainCommand.Create,
        EncodersCommand.Create,
        FeaturesCommand.Create,
        JobsCommand.Create,
        CorrectCommand.Create,
        DoctorCommand.Create,
    ];

    private static readonly Lazy<RootCommand> Built = new(Build);

    /// <summary>
    /// The program's verbs with their options. Built once: verbs share options, and an option keeps every verb that it was
    /// ever added to, so that one process with many calls would look through all of them each time.
    /// </summary>
    internal static RootCommand Root => Built.Value;

    public static int Main(string[] args)
    {
        ParentProcess.Follow();
        ChildCall.Program = Main;
        return CommandLine.Run(Root, args);
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("Coverslip: computational pathology for people who have few slides.");
        foreach (var verb in Verbs)
            root.Subcommands.Add(verb());
        return root;
    }
}
