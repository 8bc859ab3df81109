using Coverslip.Bench;
using Coverslip.Bench.Bags;
using Coverslip.Bench.Detection;
using Coverslip.Bench.Encoders;
using Coverslip.Bench.Masks;
using Coverslip.Bench.MultiStage;
using Coverslip.Bench.Probes;
using Coverslip.Bench.Slides;
using Coverslip.Bench.Stains;

(string Verb, Action<string[]> Run)[] benches =
[
    ("boxed-call", BoxedCall.Run),
    ("steps", Steps.Run),
    ("memory", Steps.Memory),
    ("backbones", BackboneBench.Run),
    ("backbones-parity", BackboneBench.Parity),
    ("evaluation", EvaluationBench.Run),
    ("encoders", EncoderBench.Run),
    ("precision", PrecisionBench.Run),
    ("unet", UNetBench.Run),
    ("mask-agreement", AgreementBench.Run),
    ("probe", ProbeBench.Run),
    ("bags", BagBench.Run),
    ("stain", StainBench.Run),
    ("stain-phantom", StainBench.Phantom),
    ("stain-agreement", StainBench.Agreement),
    ("froc", FrocBench.Run),
    ("multistage-equality", MultiStageBench.Equality),
    ("multistage-memory", MultiStageBench.Memory),
    ("multistage-time", MultiStageBench.Time),
    ("slide-mosaic", SlideBench.Mosaic),
    ("slide-places", SlideBench.Places),
    ("slide-read", SlideBench.Read),
    ("slide-vips", VipsBench.Read),
    ("slide-stream", SlideBench.Stream),
    ("slide-predict", SlidePredictBench.Run),
    ("windows-rate", WindowBench.Rate),
    ("windows-glass", WindowBench.Glass),
    ("windows-shared", SharedWindows.Run),
    ("slide-small", SlideFuzz.WriteSmall),
    ("slide-fuzz", SlideFuzz.Run),
];

if (args.Length == 0 || Array.Find(benches, b => b.Verb == args[0]).Run is not { } run)
{
    Console.Error.WriteLine($"usage: Coverslip.Bench VERB …; verbs: {string.Join(", ", benches.Select(b => b.Verb))}");
    return 2;
}
run(args[1..]);
return 0;
