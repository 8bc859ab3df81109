using Coverslip.Bench;
using Coverslip.Bench.Masks;

(string Verb, Action<string[]> Run)[] benches =
[
    ("boxed-call", BoxedCall.Run),
    ("steps", Steps.Run),
    ("memory", Steps.Memory),
    ("mask-agreement", AgreementBench.Run),
];

if (args.Length == 0 || Array.Find(benches, b => b.Verb == args[0]).Run is not { } run)
{
    Console.Error.WriteLine($"usage: Coverslip.Bench VERB …; verbs: {string.Join(", ", benches.Select(b => b.Verb))}");
    return 2;
}
run(args[1..]);
return 0;
