"""Runs inside Blender: renders what stands still, once per clip, with Cycles.

    blender -b --factory-startup --python background.py -- FOLDER

FOLDER holds `job.json` with the camera, light and pieces (vertices and triangles as raw numbers, since
Debian's Blender has no numpy). Written there: `sun.exr` (light of the sun alone), `sky.exr` (all other
light, with depth, normals and surface colour) and `probe.exr` (the surroundings seen from the middle
of the junction, for reflections and ambient light on what moves).
"""

import array
import json
import math
import os
import sys

import bpy
import mathutils

FOLDER = sys.argv[sys.argv.index("--") + 1]
with open(os.path.join(FOLDER, "job.json"), encoding="utf-8") as handle:
    JOB = json.load(handle)

PLAIN = {
    # surface: colour one, colour two, noise scale, roughness, bump
    "kerb": ((0.30, 0.29, 0.275), (0.20, 0.195, 0.19), 1.5, 0.8),
    "paving": ((0.20, 0.185, 0.17), (0.14, 0.132, 0.125), 0.8, 0.8),
    "patch": ((0.045, 0.045, 0.047), (0.06, 0.06, 0.06), 2.0, 0.8),
    "iron": ((0.05, 0.04, 0.035), (0.08, 0.07, 0.06), 5.0, 0.5),
    "plaster_yellow": ((0.52, 0.42, 0.24), (0.44, 0.36, 0.22), 0.35, 0.9),
    "plaster_grey": ((0.42, 0.41, 0.39), (0.34, 0.33, 0.32), 0.35, 0.9),
    "plaster_pink": ((0.48, 0.32, 0.26), (0.42, 0.29, 0.24), 0.35, 0.9),
    "brick": ((0.28, 0.11, 0.07), (0.20, 0.085, 0.06), 3.0, 0.9),
    "panel": ((0.46, 0.46, 0.45), (0.36, 0.36, 0.36), 0.2, 0.9),
    "plinth": ((0.16, 0.155, 0.15), (0.12, 0.12, 0.12), 0.6, 0.9),
    "roof": ((0.12, 0.09, 0.08), (0.15, 0.12, 0.11), 0.5, 0.9),
    "frame": ((0.62, 0.62, 0.60), (0.55, 0.55, 0.53), 1.0, 0.6),
    "balcony": ((0.42, 0.44, 0.45), (0.33, 0.36, 0.40), 0.25, 0.8),
    "bark": ((0.09, 0.065, 0.045), (0.05, 0.038, 0.03), 4.0, 0.95),
    "mast": ((0.24, 0.25, 0.26), (0.20, 0.21, 0.22), 2.0, 0.5),
    "railing": ((0.30, 0.33, 0.30), (0.20, 0.24, 0.22), 2.0, 0.6),
    "sign_red": ((0.42, 0.03, 0.03), (0.38, 0.03, 0.03), 1.0, 0.4),
    "sign_blue": ((0.03, 0.10, 0.36), (0.03, 0.09, 0.30), 1.0, 0.4),
    "sign_green": ((0.03, 0.24, 0.09), (0.03, 0.20, 0.08), 1.0, 0.4),
    "sign_white": ((0.62, 0.62, 0.60), (0.55, 0.55, 0.54), 1.0, 0.4),
    "sign_yellow": ((0.60, 0.42, 0.05), (0.52, 0.36, 0.05), 1.0, 0.4),
}
LEAVES = {"leaf_0": (0.045, 0.095, 0.022), "leaf_1": (0.065, 0.105, 0.025), "leaf_2": (0.035, 0.075, 0.025)}


class Nodes:
    """A small hand for building node trees; positions come from the world, not from the object."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes["Principled BSDF"]
        self.place = self.tree.nodes.new("ShaderNodeNewGeometry").outputs["Position"]

    def node(self, kind, **values):
        """A node with input values by name; a socket as value is linked."""
        node = self.tree.nodes.new(kind)
        for key, value in values.items():
            self.put(node.inputs[key], value)
        return node

    def put(self, socket, value):
        """Links or sets an input."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def noise(self, scale, detail=4.0):
        """Noise 0..1 with the given frequency per metre."""
        return self.node("ShaderNodeTexNoise", Vector=self.place, Scale=scale, Detail=detail).outputs["Fac"]

    def ramp(self, fac, low, high):
        """Stretches low..high to 0..1."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        self.put(node.inputs["Value"], fac)
        node.inputs["From Min"].default_value, node.inputs["From Max"].default_value = low, high
        return node.outputs["Result"]

    def mix(self, fac, one, two):
        """Blend of two colours."""
        node = self.tree.nodes.new("ShaderNodeMixRGB")
        for key, value in (("Fac", fac), ("Color1", one), ("Color2", two)):
            self.put(node.inputs[key], (*value, 1.0) if isinstance(value, tuple) else value)
        return node.outputs["Color"]

    def math(self, operation, a, b=0.0):
        """Arithmetic on two numbers."""
        node = self.tree.nodes.new("ShaderNodeMath")
        node.operation = operation
        self.put(node.inputs[0], a)
        self.put(node.inputs[1], b)
        return node.outputs[0]

    def glow(self, power):
        """Emission that eyes and mirrors see but that lights nothing, for lack of samples."""
        path = self.tree.nodes.new("ShaderNodeLightPath").outputs
        shown = self.math("MAXIMUM", path["Is Camera Ray"], path["Is Glossy Ray"])
        self.put(self.shader.inputs["Emission Strength"], self.math("MULTIPLY", shown, power))

    def finish(self, colour, roughness, specular=0.4):
        """Sets the surface; wet weather makes flat ground dark and shiny."""
        self.put(self.shader.inputs["Base Color"], colour)
        self.put(self.shader.inputs["Roughness"], roughness)
        self.shader.inputs["Specular"].default_value = specular
        return self.material


def wetness(n, colour, roughness):
    """Colour and roughness of the ground under the job's weather."""
    wet = JOB["wet"]
    if wet <= 0.0:
        return colour, roughness, 0.3
    dark = n.mix(0.55 * wet, colour, (0.0, 0.0, 0.0))
    puddle = n.ramp(n.noise(0.35, 3.0), 0.40, 0.62)
    return dark, n.math("ADD", n.math("MULTIPLY", puddle, -0.22 * wet), 0.34), 0.5


def asphalt(name):
    """Asphalt with aggregate, stains, cracks and darker wheel tracks."""
    n = Nodes(name)
    grain = n.ramp(n.noise(38.0, 2.0), 0.3, 0.7)
    base = n.mix(grain, (0.052, 0.052, 0.054), (0.098, 0.096, 0.093))
    base = n.mix(n.ramp(n.noise(0.22), 0.35, 0.7), base, n.mix(0.5, base, (0.125, 0.122, 0.115)))
    if name != "asphalt":
        split = n.node("ShaderNodeSeparateXYZ", Vector=n.place)
        across = split.outputs["X" if name == "asphalt_ns" else "Y"]
        track = n.math("COSINE", n.math("MULTIPLY", n.math("SUBTRACT", across, 0.875), 2.0 * math.pi / 1.75))
        base = n.mix(n.ramp(track, 0.2, 2.2), base, (0.035, 0.035, 0.037))
    crack = n.tree.nodes.new("ShaderNodeTexVoronoi")
    crack.feature = "DISTANCE_TO_EDGE"
    bent = n.node("ShaderNodeVectorMath")
    bent.operation = "ADD"
    n.put(bent.inputs[0], n.place)
    n.put(bent.inputs[1], n.node("ShaderNodeTexNoise", Vector=n.place, Scale=0.8).outputs["Color"])
    n.put(crack.inputs["Vector"], bent.outputs[0])
    crack.inputs["Scale"].default_value = 0.16
    thin = n.ramp(crack.outputs["Distance"], 0.012, 0.0)
    base = n.mix(n.math("MULTIPLY", thin, n.ramp(n.noise(0.1), 0.45, 0.6)), base, (0.022, 0.022, 0.022))
    base = n.mix(n.ramp(n.noise(0.9, 6.0), 0.62, 0.8), base, (0.04, 0.038, 0.036))
    colour, roughness, specular = wetness(n, base, 0.85)
    return n.finish(colour, roughness, specular)


def marking():
    """White paint, worn through in places."""
    n = Nodes("marking")
    worn = n.ramp(n.noise(2.2, 8.0), 0.42, 0.72)
    colour = n.mix(worn, (0.56, 0.56, 0.53), (0.15, 0.148, 0.145))
    colour, roughness, specular = wetness(n, colour, 0.7)
    return n.finish(colour, roughness, specular)


def paving():
    """Concrete slabs."""
    n = Nodes("paving")
    one, two, scale, rough = PLAIN["paving"]
    slab = n.node("ShaderNodeTexBrick", Vector=n.place, Scale=1.6)
    tint = n.mix(n.ramp(n.noise(scale), 0.3, 0.7), one, two)
    colour = n.mix(0.45, tint, n.mix(slab.outputs["Fac"], tint, (0.10, 0.095, 0.09)))
    colour, roughness, specular = wetness(n, colour, rough)
    return n.finish(colour, roughness, specular)


def grass():
    """A trodden lawn."""
    n = Nodes("grass")
    green = n.mix(n.ramp(n.noise(6.0), 0.3, 0.7), (0.045, 0.075, 0.020), (0.095, 0.115, 0.040))
    return n.finish(n.mix(n.ramp(n.noise(0.25), 0.5, 0.7), green, (0.17, 0.14, 0.085)), 0.95, 0.1)


def leaf(name):
    """Leaves that let some light through."""
    n = Nodes(name)
    r, g, b = LEAVES[name]
    colour = n.mix(n.ramp(n.noise(1.6), 0.3, 0.7), (r, g, b), (r * 1.9, g * 1.6, b * 1.3))
    n.finish(colour, 0.6, 0.25)
    thin = n.node("ShaderNodeBsdfTranslucent", Color=colour)
    both = n.node("ShaderNodeMixShader", Fac=0.35)
    n.put(both.inputs[1], n.shader.outputs[0])
    n.put(both.inputs[2], thin.outputs[0])
    n.put(n.tree.nodes["Material Output"].inputs["Surface"], both.outputs[0])
    return n.material


def glass(name):
    """Window panes: dark and reflecting by day, some lit in the dusk."""
    n = Nodes(name)
    power = JOB["windows"] * {"window": 0.0, "window_lit": 1.0, "shop_window": 0.9}[name]
    n.finish((0.03, 0.035, 0.04, 1.0), 0.06, 0.6)
    if power:
        room = n.mix(n.ramp(n.noise(0.45, 1.0), 0.35, 0.65), (1.0, 0.62, 0.28), (0.85, 0.85, 0.75))
        n.put(n.shader.inputs["Emission"], room)
        n.glow(power)
    return n.material


def lamp_head():
    """The glowing underside of a street lamp (its light on the street is added by `lamps.py`)."""
    n = Nodes("lamp_head")
    n.finish((0.5, 0.5, 0.5, 1.0), 0.4)
    n.shader.inputs["Emission"].default_value = (1.0, 0.72, 0.42, 1.0)
    split = n.node("ShaderNodeSeparateXYZ", Vector=n.tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"])
    n.glow(n.math("MULTIPLY", n.math("LESS_THAN", split.outputs["Z"], -0.5), 25.0 * JOB["lamps"]))
    return n.material


def plain(name):
    """A surface of two blended colours."""
    n = Nodes(name)
    one, two, scale, rough = PLAIN[name]
    colour = n.mix(n.ramp(n.noise(scale, 6.0), 0.3, 0.7), one, two)
    if name in ("kerb", "patch", "iron"):
        colour, rough, _ = wetness(n, colour, rough)
    return n.finish(colour, rough)


def surface(name):
    """The material of a surface name."""
    if name.startswith("asphalt"):
        return asphalt(name)
    if name.startswith("leaf"):
        return leaf(name)
    if "window" in name:
        return glass(name)
    special = {"marking": marking, "paving": paving, "grass": grass, "lamp_head": lamp_head}
    return special[name]() if name in special else plain(name)


def load_pieces():
    """Makes the objects of the job."""
    verts, tris = array.array("f"), array.array("i")
    with open(os.path.join(FOLDER, "verts.f32"), "rb") as handle:
        verts.frombytes(handle.read())
    with open(os.path.join(FOLDER, "tris.i32"), "rb") as handle:
        tris.frombytes(handle.read())
    for piece in JOB["pieces"]:
        v0, v1, t0, t1 = piece["verts"][0], piece["verts"][1], piece["tris"][0], piece["tris"][1]
        mesh = bpy.data.meshes.new(piece["surface"])
        mesh.vertices.add(v1 - v0)
        mesh.vertices.foreach_set("co", verts[v0 * 3:v1 * 3])
        count = t1 - t0
        mesh.loops.add(count * 3)
        mesh.loops.foreach_set("vertex_index", tris[t0 * 3:t1 * 3])
        mesh.polygons.add(count)
        mesh.polygons.foreach_set("loop_start", array.array("i", range(0, count * 3, 3)))
        mesh.polygons.foreach_set("loop_total", array.array("i", [3] * count))
        mesh.update(calc_edges=True)
        name = piece["surface"]
        mesh.materials.append(bpy.data.materials.get(name) or surface(name))
        bpy.context.scene.collection.objects.link(bpy.data.objects.new(name, mesh))


def add_camera(position, target, hfov):
    """The roadside camera."""
    data = bpy.data.cameras.new("camera")
    data.sensor_fit, data.angle = "HORIZONTAL", math.radians(hfov)
    data.clip_start, data.clip_end = 0.1, 1000.0
    thing = bpy.data.objects.new("camera", data)
    thing.location = position
    thing.rotation_euler = (mathutils.Vector(target) - mathutils.Vector(position)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_probe():
    """A camera in the middle that sees all around: the picture's centre is north, right is east."""
    data = bpy.data.cameras.new("probe")
    data.type = "PANO"
    data.cycles.panorama_type = "EQUIRECTANGULAR"
    thing = bpy.data.objects.new("probe", data)
    thing.location, thing.rotation_euler = (0.0, 0.0, 1.6), (math.pi / 2.0, 0.0, 0.0)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_sun():
    """The sun, if the job has one."""
    if JOB["sun"]["strength"] <= 0.0:
        return None
    data = bpy.data.lights.new("sun", "SUN")
    data.energy, data.color, data.angle = JOB["sun"]["strength"], JOB["sun"]["colour"], math.radians(0.6)
    thing = bpy.data.objects.new("sun", data)
    thing.rotation_euler = mathutils.Vector(JOB["sun"]["direction"]).to_track_quat("Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_sky():
    """The sky picture as the world's light."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    back = world.node_tree.nodes["Background"]
    image = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    image.image = bpy.data.images.load(os.path.join(FOLDER, "sky.hdr"))
    world.node_tree.links.new(image.outputs["Color"], back.inputs["Color"])
    return back


def render(name, camera, width, height, samples, passes):
    """Renders one picture to a multilayer EXR."""
    scene = bpy.context.scene
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = width, height, 100
    scene.cycles.samples = samples
    layer = scene.view_layers[0]
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_diffuse_color = passes
    scene.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    scene.render.image_settings.color_depth = "32"
    scene.render.filepath = os.path.join(FOLDER, name)
    bpy.ops.render.render(write_still=True)


def main():
    """All pictures of the job."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces, scene.cycles.glossy_bounces = 4, 2, 2
    scene.cycles.sample_clamp_indirect = 3.0
    scene.cycles.sample_clamp_direct = 12.0
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.02
    load_pieces()
    spec = JOB["camera"]
    camera, probe, back = add_camera(spec["position"], spec["target"], spec["hfov"]), add_probe(), add_sky()
    size = (spec["width"], spec["height"])
    render("sky.exr", camera, *size, JOB["samples"], True)
    sun = add_sun()
    render("probe.exr", probe, 256, 128, 64, False)
    if sun:
        back.inputs["Strength"].default_value = 0.0
        render("sun.exr", camera, *size, max(4, round(0.8 * JOB["samples"])), False)


main()
