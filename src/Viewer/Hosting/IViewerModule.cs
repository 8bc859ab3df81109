using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Hosting;

/// <summary>A part of the viewer: its addresses under <c>/api</c>, all of which a signed-in <see cref="Visitor"/> calls.</summary>
internal interface IViewerModule
{
    /// <summary>Adds the part's addresses. <see cref="Gate.VisitorOf"/> says who calls one.</summary>
    void Map(IEndpointRouteBuilder api);
}
