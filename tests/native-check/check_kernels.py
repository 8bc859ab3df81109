# Checks coverslip's own operators against libtorch's in float64 (see README.md).
#   python3 check_kernels.py path/to/library.so
# Prints relative errors of the norm, ours | ATen float32's.
import sys

import torch
import torch.nn.functional as F
torch.ops.load_library(sys.argv[1]); torch.set_num_threads(2)
# A value within rounding of a ReLU's edge may fall on either side in float32; with this seed none does.
torch.manual_seed(1); ops=torch.ops.coverslip; CL=torch.channels_last
def rel(a,b): return ((a.double()-b).norm()/b.norm().clamp_min(1e-30)).item()
def run(f,ts,g,d):
    ts=[(t.detach().double() if d else t.detach()).clone(memory_format=torch.preserve_format).requires_grad_() for t in ts]
    y=f(*ts); y.backward(g.double() if d else g); return [y.detach()]+[t.grad for t in ts]
def check(name,f,ref,ts,g,tol=1e-4,atens=True):
    a=run(f,ts,g,False); d=run(ref,ts,g,True); e=[rel(p,q) for p,q in zip(a,d)]
    e32=[rel(p,q) for p,q in zip(run(ref,ts,g,False),d)]
    print(name,' '.join('%.1e'%v for v in e),'| aten',' '.join('%.1e'%v for v in e32)); assert max(e)<tol,name
cases=[(1,3,100,1,1),(2,16,37,5,7),(1,37,16,5,7),(3,100,100,13,9),(1,100,100,96,96),(2,37,3,4,4),(1,1,1,3,8),(1,130,65,33,31),(2,5,6,1,40),(1,3,100,767,461),(1,100,100,267,261)]
for (n,c,k,h,w) in cases:
    x=(torch.randn(n,c,h,w)+.3).contiguous(memory_format=CL); b=torch.randn(k); g=torch.randn(n,k,h,w).contiguous(memory_format=CL)
    wt=torch.randn(k,c,3,3)/(3*c**.5)
    check('conv3x3 %s'%((n,c,k,h,w),),ops.conv3x3,lambda x,w,b: F.conv2d(x,w,b,padding=1),[x,wt,b],g)
    w1=torch.randn(k,c,1,1)/c**.5
    check('conv1x1',ops.conv1x1,F.conv2d,[x,w1,b],g)
    if n*h*w>1:
        for relu in (0,1,2,3):
            rm,rv=torch.zeros(c),torch.ones(c); rm2,rv2=torch.zeros(c).double(),torch.ones(c).double()
            def ref(x,a,b):
                m,v=torch.zeros(c,dtype=x.dtype),torch.ones(c,dtype=x.dtype)
                y=F.batch_norm(x.relu() if relu==1 else x,m,v,a,b,True,.1,1e-5); ref.stats=(m,v); return y.relu() if relu==2 else F.relu6(y) if relu==3 else y
            def ours(x,a,b):
                m,v=torch.zeros(c),torch.ones(c); y=ops.batch_norm_relu(x,a,b,m,v,.1,1e-5,relu); ours.stats=(m,v); return y
            xs=torch.randn(n,c,h,w).contiguous(memory_format=CL)*2+1; gx=torch.randn(n,c,h,w).contiguous(memory_format=CL)
            check('bn%d'%relu,ours,ref,[xs,torch.rand(c)+.5,torch.randn(c)],gx,2e-4)
            ref(xs.double(),torch.ones(c).double(),torch.zeros(c).double()); assert all(rel(p,q)<1e-5 for p,q in zip(ours.stats,ref.stats))
            # bfloat16 maps: the reference computes with the same rounded numbers.
            xb,gb,a,b=xs.bfloat16(),gx.bfloat16(),torch.rand(c)+.5,torch.randn(c)
            e=[rel(p,q) for p,q in zip(run(ours,[xb,a,b],gb,False),run(ref,[xb,a,b],gb,True))]
            print('bn%d bfloat16'%relu,' '.join('%.1e'%v for v in e)); assert max(e)<1e-2
            if relu!=1:
                for image,limit in ((xs,1e-6),(xb,1e-2)):
                    y=image.double()*a.double().view(-1,1,1)+b.double().view(-1,1,1); y=y.relu() if relu==2 else F.relu6(y) if relu==3 else y
                    out=ops.channel_affine(image,a,b,relu); assert out.dtype==image.dtype and rel(out,y)<limit
for (n,c,h,w,k,s,p) in [(2,37,9,11,(3,7),1,(1,3)),(1,16,8,8,(5,5),2,(1,1)),(2,100,13,9,(5,5),2,(0,0)),(1,8,7,7,(7,7),2,(3,3)),
                        (2,44,5,6,(1,7),1,(0,3)),(1,3,2,2,(5,5),1,(2,2))]:
    for dtype,limit in ((torch.float32,1e-5),(torch.bfloat16,1e-2)):
        x=torch.randn(n,c,h,w).to(dtype).contiguous(memory_format=CL); wt=torch.randn(c,1,*k)
        g=torch.randn_like(ops.depthwise(x,wt,s,p)); ours=run(lambda x,w: ops.depthwise(x,w,s,p),[x,wt],g,False)
        e=[rel(p_,q) for p_,q in zip(ours,run(lambda x,w: F.conv2d(x,w,None,s,p,1,c),[x,wt],g,True))]
        print('depthwise',k,dtype,' '.join('%.1e'%v for v in e)); assert max(e)<limit and ours[2].dtype==torch.float32
for (r,c) in [(1,1),(7,5),(1000,100),(5000,37),(3,300)]:
    s=torch.randn(r,c)*5; t=torch.randint(0,c,(r,))
    for gr in (1.0,2.5):
        check('ce %d %d'%(r,c),lambda a: ops.cross_entropy(a,t),lambda a: F.cross_entropy(a,t),[s],torch.tensor(gr),1e-5 if c>1 else 9)
    s[:,c//2]=s.max(1)[0]; assert torch.equal(ops.argmax(s),s.argmax(1))
x=torch.randn(1,4,8,8).contiguous(memory_format=CL)
y=ops.conv3x3(x,torch.randn(5,4,3,3)); assert not y.requires_grad
w=torch.randn(5,4,3,3,requires_grad=True); ops.conv3x3(x,w).sum().backward(); assert x.grad is None and w.grad is not None
xb=x.bfloat16(); assert ops.conv3x3(xb,w.detach().bfloat16()).dtype==torch.bfloat16
xd=x.double().requires_grad_(); ops.conv3x3(xd,w.detach().double()).sum().backward(); assert xd.grad is not None
with torch.inference_mode(): ops.conv3x3(x,w); ops.batch_norm_relu(x,torch.ones(4),torch.zeros(4),None,None,.1,1e-5,1)
for bad in (lambda: ops.conv3x3(x,torch.randn(5,3,3,3)),lambda: ops.conv1x1(x,torch.randn(5,3,1,1)),lambda: ops.cross_entropy(torch.randn(3,2),torch.tensor([0,2,1])),lambda: ops.batch_norm_relu(x,torch.ones(3),torch.ones(3),None,None,.1,1e-5,1)):
    try: bad(); assert False
    except RuntimeError as e: print(str(e).splitlines()[0])
print('ok')
