using Coverslip.Learning.Models;
using Coverslip.Methods.Backbone;
using Coverslip.Methods.Bags;
using Coverslip.Methods.Classical;
using Coverslip.Methods.Curriculum;
using Coverslip.Methods.MultiStage;
using Coverslip.Methods.Probe;
using Coverslip.Methods.SagaNet;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.Methods;

/// <summary>The one place that names methods.</summary>
public static class Known
{
    public static MethodList Methods { get; } =
        new([
            new SagaNetMethod(),
            new BackboneMethod(),
            new ClassicalMethod(),
            new ProbeMethod(),
            new BagsMethod(),
            new TumorDetectionMethod(),
            new MultiStageMethod(),
            new SelfSupervisedMethod(),
            new CurriculumMethod(),
        ]);
}
